-- Who somebody is and what they may, planned once by connection. Policies ask it for each table of a question: written in
-- SQL, these functions were planned again each time, and that was nine tenths of the coverage of a département.

create or replace function acces() returns table (compte integer, administrateur boolean, reseau text, ecriture boolean)
language plpgsql stable parallel safe security definer
set search_path = public, pg_temp
as $$
#variable_conflict use_column
begin
  if principal() ~ '^session:[0-9a-f]{64}$' then
    return query
      select c.id, c.administrateur, null::text, true
      from session s
      join compte c on c.id = s.compte
      where s.empreinte = decode(substr(principal(), 9), 'hex')
        and s.expire_le > now() and c.desactive_le is null;
  elsif principal() ~ '^jeton:[0-9a-f]{64}$' then
    return query
      select c.id, c.administrateur, j.reseau, j.ecriture
      from jeton j
      join compte c on c.id = j.compte
      where j.empreinte = decode(substr(principal(), 7), 'hex')
        and j.expire_le > now() and j.revoque_le is null and c.desactive_le is null;
  end if;
end
$$;

create or replace function mes_droits() returns table (reseau text, role text, partenaire text)
language plpgsql stable parallel safe security definer
set search_path = public, pg_temp
as $$
#variable_conflict use_column
begin
  return query
    select d.reseau, d.role, d.partenaire
    from acces() a
    join droit d on d.compte = a.compte and (a.reseau is null or d.reseau = a.reseau)
    where d.accepte_le is not null
    union all
    select r.code, 'coordinateur', null
    from acces() a
    join reseau r on a.administrateur and (a.reseau is null or r.code = a.reseau);
end
$$;
