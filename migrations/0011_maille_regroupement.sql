-- A regroupement is named wherever a unit is: `regroupement:drome/canton-diois`. A value of an enumeration
-- serves from the next migration on.
alter type maille add value 'regroupement';
