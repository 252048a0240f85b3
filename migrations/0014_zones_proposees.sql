-- Proposals are resolved when they are made: what comes of them is not for the public before they are validated.

-- Whether the zone was validated, kept beside each of its communes: a policy that asked the zone for each row
-- would be asked a million times by the questions of a whole country.
alter table zone_commune add column publique boolean not null default true;
update zone_commune c set publique = false
from zone z
where z.id = c.zone and z.etat <> 'validee';

drop policy lecture on zone_commune;
create policy lecture on zone_commune for select to maillage_service
  using (publique and reseau in (select r.code from reseau r));
-- Still without a look at the table.
drop index zone_commune_couverte;
create index zone_commune_couverte on zone_commune (zone, millesime)
  include (commune, reseau, publique) where couverte and dans_perimetre;
drop policy lecture on zone_contour;
create policy lecture on zone_contour for select to maillage_service
  using (exists (select from zone z where z.id = zone_contour.zone));
drop policy lecture on zone_non_reportee;
create policy lecture on zone_non_reportee for select to maillage_service
  using (exists (select from zone z where z.id = zone_non_reportee.zone));

-- Whoever decides, the communes follow.
create function publier_zone() returns trigger
language plpgsql
as $$
begin
  update zone_commune set publique = (new.etat = 'validee') where zone = new.id;
  return null;
end
$$;
create trigger zone_decidee after update of etat on zone
  for each row when (old.etat is distinct from new.etat) execute function publier_zone();
