-- $1 millésime, $2 edition: from the commit on, readers see this edition.
insert into millesime (annee, edition)
values ($1, $2)
on conflict (annee) do update set edition = excluded.edition
