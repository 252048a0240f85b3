-- Two demandes that may be one, told apart by whoever coordinates the réseau from a page: one function, since neither the
-- demande that another is merged into nor what it gains is anybody's to write column by column.

-- $1 and $2 are the demandes; `fusion`: they are one, the older stays and gains the partners and the themes of the other;
-- `garde`: they are two. The same answer again changes nothing.
create function departager_des_demandes(p_une bigint, p_autre bigint, p_decision text) returns void
language plpgsql volatile security definer
set search_path = public, pg_temp
as $$
declare
  gardee demande;
  fondue demande;
begin
  if not peut_ecrire() or p_decision not in ('fusion', 'garde') or p_une = p_autre then
    raise insufficient_privilege using message = 'Ces demandes ne se départagent pas ainsi.';
  end if;
  select * into gardee from demande d
  where d.id in (p_une, p_autre) and d.reseau = any (mes_coordinations())
  order by d.date, d.id limit 1
  for update;
  select * into fondue from demande d
  where d.id in (p_une, p_autre) and d.reseau = any (mes_coordinations()) and d.id <> gardee.id
  for update;
  if gardee.id is null or fondue.id is null or gardee.reseau <> fondue.reseau then
    raise no_data_found using message = 'L''une de ces demandes n''est plus là : relisez la page.';
  end if;
  if p_decision = 'fusion' then
    if (gardee.maille, gardee.beneficiaire) is distinct from (fondue.maille, fondue.beneficiaire)
      or gardee.fusionnee is not null or fondue.fusionnee is not null
    then
      raise no_data_found
        using message = 'Ces demandes ont changé depuis que vous les avez lues : relisez la page.';
    end if;
    update demande set fusionnee = gardee.id where id = fondue.id or fusionnee = fondue.id;
    update demande
    set themes = completer(themes, fondue.themes), partenaires = completer(partenaires, fondue.partenaires)
    where id = gardee.id;
  end if;
  insert into doublon (reseau, premiere, seconde, decision)
  values (gardee.reseau, least(gardee.id, fondue.id), greatest(gardee.id, fondue.id), p_decision)
  on conflict (premiere, seconde) do update set decision = excluded.decision, decide_le = now();
end
$$;
revoke all on function departager_des_demandes(bigint, bigint, text) from public;
grant execute on function departager_des_demandes(bigint, bigint, text) to maillage_service;
