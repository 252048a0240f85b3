-- The name of whoever asked, in the newest millésime that has it. $1 réseau, $2 maille, $3 code.
select coalesce(
  (select t.nom
   from millesime m
   join territoire t on t.edition = m.edition and t.maille::text = $2 and t.code = $3
   order by m.annee desc
   limit 1),
  (select b.nom from beneficiaire b where b.reseau = $1 and b.code = $3))
