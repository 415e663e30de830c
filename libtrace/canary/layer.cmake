dye_layer(canary
  USES ident
  LIBS PkgConfig::OPENSSL
  SOURCES persona.c person_name.c home_address.c planner.c code.c record.c variant.c)
