-- Former codes are looked up in the passage, and tiles are drawn without these functions.
drop index territoire_anciens_codes;
drop function if exists tuile(text, integer, integer, integer, jsonb, text);
drop function if exists tuile_de_maille(maille, text, integer, integer, integer, integer, jsonb);
