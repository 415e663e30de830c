dye_layer(link
  USES scan
  LIBS 
  SOURCES link.c weights.c)
