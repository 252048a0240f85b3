-- A département declares its own indicators beside those of the program: they stay when the program's
-- catalogue is applied again, with the columns and dimensions that imports look for.
alter table indicateur
  -- Name of the file that declares it; null for those of the program.
  add column fichier text,
  -- As that file declares it.
  add column declaration jsonb,
  add constraint indicateur_declare_par_un_fichier check ((fichier is null) = (declaration is null));
