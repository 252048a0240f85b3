//! A report as an accessible page of the site: the same content as the printed document.
