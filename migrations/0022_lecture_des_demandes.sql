-- The rule of 0020, said so that it is worked out once a statement instead of being looked up for each row: which
-- réseaux publish their demandes, and which the principal has a right in.

drop policy lecture on demande;
create policy lecture on demande for select to maillage_service
  using ((comptee and (
      reseau = any (array(select r.code from reseau r where r.seuil_publication is null))
      or reseau = any ((select mes_reseaux())::text[])))
    or reseau = any ((select mes_coordinations())::text[])
    or est_des_miens(reseau, partenaires, (select mes_partenaires())));
