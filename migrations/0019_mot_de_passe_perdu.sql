-- Whoever lost a password asks for a link, which is sent to the address of the account and shown to nobody. True when
-- there is such an account: one that signs in with a password, or was invited to choose one.
create function demander_lien(p_courriel text, p_lien bytea) returns boolean
language sql volatile security definer
set search_path = public, pg_temp
as $$
  with fait as (
    insert into lien (compte, empreinte, motif, expire_le)
    select c.id, p_lien, 'reinitialisation', now() + interval '2 hours'
    from compte c
    where c.courriel = lower(p_courriel) and c.desactive_le is null and (c.empreinte is not null or c.sujet is null)
    returning 1
  )
  select exists (select from fait)
$$;
revoke all on function demander_lien(text, bytea) from public;
grant execute on function demander_lien(text, bytea) to maillage_service;
