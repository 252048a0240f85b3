//! Functions that carry the former codes of demandes just written to the communes of today: derived rows, and none of
//! the service's to write.

/// What former codes a demande adds come to. Only of a demande that the transaction has just written, so that it does nothing that the policies of `demande` did not allow.
pub const SUIVRE_CODE: &str = concat!(
    "create or replace function suivre_code_de_demande(p_demande bigint) returns void
language plpgsql volatile security definer
set search_path = public, pg_temp
as $fonction$
declare
  la demande := (
    select d from demande d
    where d.id = p_demande and d.maille = 'commune' and d.xmin = pg_current_xact_id()::xid);
begin
  if la.id is null or exists (
    select from demande d
    where d.maille = 'commune' and d.beneficiaire = la.beneficiaire and d.reseau = la.reseau
      and d.millesime = la.millesime and d.id <> la.id)
  then
    return;
  end if;
  execute $ordre$",
    include_str!("../../partenaires/sql/resoudre_successions.sql"),
    "$ordre$ using la.reseau, null::integer;
end
$fonction$;
revoke all on function suivre_code_de_demande(bigint) from public;
grant execute on function suivre_code_de_demande(bigint) to maillage_service;"
);

/// The same for a table of demandes: what former codes it adds come to. Only of a réseau in which the transaction has just
/// written a demande.
pub const SUIVRE_CODES: &str = concat!(
    "create or replace function suivre_codes_des_demandes(p_reseau text) returns void
language plpgsql volatile security definer
set search_path = public, pg_temp
as $fonction$
begin
  if not exists (
    select from demande d
    where d.reseau = p_reseau and d.maille = 'commune' and d.xmin = pg_current_xact_id()::xid)
  then
    return;
  end if;
  execute $ordre$",
    include_str!("../../partenaires/sql/resoudre_successions.sql"),
    "$ordre$ using p_reseau, null::integer;
end
$fonction$;
revoke all on function suivre_codes_des_demandes(text) from public;
grant execute on function suivre_codes_des_demandes(text) to maillage_service;"
);
