//! Printed maps, drawn in vectors from plain values by code. They know nothing of the report that shows them.
