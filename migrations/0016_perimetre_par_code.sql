-- A policy is checked before a comparison that could leak what it hides: that of enumerations is deemed to,
-- and keeps `maille` out of an index's conditions. Codes of communes and of EPCI are never the same.
drop index perimetre_actuel_par_code;
create index perimetre_actuel_par_code on perimetre_actuel (millesime, code) include (reseau, maille);
