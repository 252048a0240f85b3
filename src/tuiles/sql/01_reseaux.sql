-- What the layers of réseaux share: their parameters, checked. Without réseau nor period, `du` and `au`
-- are null, for each réseau's own year.
drop function if exists parametres_de_reseau(jsonb);
create function parametres_de_reseau(
  parametres jsonb,
  out reseaux text[], out theme text, out partenaire text, out du date, out au date, out maille maille,
  out edition integer, out millesime smallint)
language plpgsql stable parallel safe
as $$
declare
  reseau text := parametres ->> 'reseau';
begin
  reseaux := reseaux_demandes(reseau);
  theme := parametres ->> 'theme';
  partenaire := parametres ->> 'partenaire';
  perform exiger_reseau(reseau, theme, partenaire);
  if parametres ->> 'annee' !~ '^(19|20)[0-9]{2}$' then
    raise exception using errcode = 'P0002',
      message = format('« %s » n''est pas une année entre 1900 et 2099.', parametres ->> 'annee');
  end if;
  if (parametres ->> 'annee') is not null then
    du := make_date((parametres ->> 'annee')::integer, 1, 1);
    au := make_date((parametres ->> 'annee')::integer, 12, 31);
  else
    du := parametres ->> 'du';
    au := parametres ->> 'au';
  end if;
  if parametres ->> 'maille' not in ('commune', 'epci', 'departement', 'region') then
    raise exception using errcode = 'P0002', message = format(
      'La maille « %s » n''est pas dessinée : commune, epci, departement ou region.',
      parametres ->> 'maille');
  end if;
  maille := parametres ->> 'maille';
  edition := edition_des_contours(parametres);
  select e.millesime into millesime from edition e where e.id = edition;
end
$$;
