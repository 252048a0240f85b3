-- What a folder never holds. $1 réseau.
select
  (select count(*) from demande where reseau = $1 and fusionnee is not null),
  (select count(*) from demande_particuliere where reseau = $1),
  (select count(*) from contact where reseau = $1)
