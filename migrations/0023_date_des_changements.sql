-- Portals that harvest ask when the data last changed.
alter table version_donnees add column le timestamptz not null default now();

create function dater_le_changement() returns trigger
language plpgsql
as $$
begin
  new.le := now();
  return new;
end
$$;
create trigger changement_date before update on version_donnees
  for each row execute function dater_le_changement();
