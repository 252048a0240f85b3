-- Accounts with their rights, as a person writes these.
select c.courriel, c.nom, c.administrateur, c.empreinte is not null or c.sujet is not null as actif,
  c.connecte_le, c.desactive_le,
  array(
    select concat_ws(':', d.reseau, d.role, d.partenaire)
    from droit d where d.compte = c.id order by 1) as droits
from compte c
order by c.courriel
