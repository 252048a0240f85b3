with effaces as (delete from jeu where calcule_pour is not null returning id)
delete from valeur where jeu in (select id from effaces)
