-- What the layers of réseaux share: their parameters, checked. Without réseau, `annee` null is each
-- réseau's own.
create or replace function parametres_de_reseau(
  parametres jsonb,
  out reseau text, out theme text, out partenaire text, out annee integer, out maille maille,
  out edition integer, out millesime smallint)
language plpgsql stable parallel safe
as $$
begin
  reseau := parametres ->> 'reseau';
  theme := parametres ->> 'theme';
  partenaire := parametres ->> 'partenaire';
  perform exiger_reseau(reseau, theme, partenaire);
  if parametres ->> 'annee' !~ '^(19|20)[0-9]{2}$' then
    raise exception using errcode = 'P0002',
      message = format('« %s » n''est pas une année entre 1900 et 2099.', parametres ->> 'annee');
  end if;
  annee := coalesce(
    (parametres ->> 'annee')::integer, (select r.annee from reseau r where r.code = reseau));
  if parametres ->> 'maille' not in ('commune', 'epci', 'departement', 'region') then
    raise exception using errcode = 'P0002', message = format(
      'La maille « %s » n''existe pas : commune, epci, departement ou region.',
      parametres ->> 'maille');
  end if;
  maille := parametres ->> 'maille';
  edition := edition_des_contours(parametres);
  select e.millesime into millesime from edition e where e.id = edition;
end
$$;
