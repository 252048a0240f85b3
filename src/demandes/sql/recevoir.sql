-- Where the rows of a partner's table wait to be compared with what is loaded.
create temporary table recue (
  ligne bigint not null,
  reference text not null,
  date date not null,
  themes text[] not null,
  partenaires text[] not null,
  partenaire text not null generated always as (partenaires[1]) stored,
  maille text not null,
  beneficiaire text not null,
  millesime smallint not null,
  fiche text,
  objet text,
  etat text not null,
  niveau text,
  reponse date,
  cloture date,
  suite text,
  jours numeric(7, 2),
  contact_nom text,
  contact_fonction text,
  contact_courriel text,
  contact_telephone text
) on commit drop
