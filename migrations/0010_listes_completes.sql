-- Whether a source of codes lists every commune of its départements: then no other file adds one to them.
alter table apport_edition add column complet boolean not null default false;

update apport_edition a set complet = true
from source_edition s
where a.edition = s.edition and a.rang = s.rang and a.apport = 'codes'
  and (s.nom like '%decoupage-administratif%' or s.nom like 'Insee, code officiel géographique%');
