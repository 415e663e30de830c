dye_layer(link
  USES scan
  LIBS 
  SOURCES link.c fields.c weights.c)
