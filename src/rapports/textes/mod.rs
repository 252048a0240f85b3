//! What people write around the figures: foreword, programme, logo, colours. Files of the réseau, never evaluated as code.
