-- Versions of zones that came from the folder and that it no longer has. $1 réseau, $2 its zones as JSON.
delete from zone z
where z.reseau = $1 and z.origine = 'dossier'
  and (z.code, z.version) not in (
    select x.code, x.version from jsonb_to_recordset($2) as x (code text, version smallint))
