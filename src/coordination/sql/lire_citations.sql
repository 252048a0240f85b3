-- What names a partner, a theme or a fiche, in words; null when nothing does. $1 réseau, $2 table, $3 code.
select nullif(concat_ws(', ',
  case when c.zones > 0 then 'zones qui en dépendent : ' || c.zones end,
  case when c.demandes > 0 then 'demandes qui le citent : ' || c.demandes end,
  case when c.fiches > 0 then 'fiches : ' || c.fiches end,
  case when c.partenaires > 0 then 'partenaires : ' || c.partenaires end,
  case when c.themes > 0 then 'thèmes rangés dessous : ' || c.themes end,
  case when c.droits > 0 then 'personnes qui parlent pour lui : ' || c.droits end), '')
from (select) seule
left join citations($1, $2, $3) c on true
