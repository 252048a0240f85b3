-- A coordinator changes the perimeter of the réseau from pages: communes and EPCI come in and go out, and what zones come
-- to follows at once.

-- Who keeps it: the réseau's folder, or the pages. A folder that is loaded again does not write over what pages keep.
alter table reseau add column perimetre_origine text not null default 'dossier'
  constraint reseau_perimetre_origine_connue check (perimetre_origine in ('dossier', 'page'));

-- Every write of the service leaves its line: a folder says its perimeter whole.
create trigger journal_des_ajouts after insert on perimetre referencing new table as lignes
  for each statement when (principal() <> '') execute function journaliser_en_nombre();
create trigger journal_des_retraits after delete on perimetre referencing old table as lignes
  for each statement when (principal() <> '') execute function journaliser_en_nombre();

-- Adds units of today, and takes away units as the perimeter names them; both as {"maille", "code"}. The statements that
-- resolve a load are installed at each start.
create function changer_perimetre(p_reseau text, p_ajouts jsonb, p_retraits jsonb) returns void
language plpgsql volatile security definer
set search_path = public, pg_temp
as $$
begin
  if not peut_ecrire() or p_reseau <> all (mes_coordinations()) then
    raise insufficient_privilege using message = 'Seul un coordinateur du réseau change son périmètre.';
  end if;
  delete from perimetre p
  using jsonb_to_recordset(p_retraits) as x (maille maille, code text)
  where p.reseau = p_reseau and p.maille = x.maille and p.code = x.code;
  insert into perimetre (reseau, maille, code, millesime, nom)
  select p_reseau, t.maille, t.code, d.millesime, t.nom
  from edition_dessinee() d
  cross join jsonb_to_recordset(p_ajouts) as x (maille maille, code text)
  join territoire t on t.edition = d.edition and t.maille = x.maille and t.code = x.code
  where t.maille in ('commune', 'epci')
  on conflict do nothing;
  update reseau set perimetre_origine = 'page' where code = p_reseau;

  delete from succession where reseau = p_reseau;
  perform resoudre_codes(p_reseau, null);
  delete from perimetre_actuel where reseau = p_reseau;
  perform resoudre_perimetre(p_reseau);
  -- The communes of zones are the same; which of them count is not.
  update zone_commune z set dans_perimetre = not z.dans_perimetre
  where z.reseau = p_reseau
    and z.dans_perimetre <> exists (
      select from perimetre_actuel p
      where p.reseau = z.reseau and p.millesime = z.millesime and p.maille = 'commune' and p.code = z.commune);
  delete from zone_contour where reseau = p_reseau;
  perform resoudre_contours(p_reseau, null);
end
$$;
revoke all on function changer_perimetre(text, jsonb, jsonb) from public;
grant execute on function changer_perimetre(text, jsonb, jsonb) to maillage_service;
