-- The two roles of a private cluster. Nobody but the folder's owner can reach its socket, so they
-- need no password.
do $$
begin
  if not exists (select from pg_roles where rolname = 'maillage_proprietaire') then
    create role maillage_proprietaire login createrole;
  end if;
  if not exists (select from pg_roles where rolname = 'maillage_service') then
    create role maillage_service;
  end if;
  alter role maillage_service login;
end
$$;
