-- How many partners can help each commune of a réseau ($1) on an edition ($2, millésime $3), in the year that its
-- figures speak of.
select c.partenaires::bigint
from couverture_des_unites(array[$1], null, null, null, null, $2, $3, 'commune', null) c
