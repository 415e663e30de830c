dye_layer(link
  USES scan
  SOURCES link.c fields.c weights.c)
