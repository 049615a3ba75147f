/* Any octets as text of XML 1.0, which cannot say all of them. It is not an XML writer: libxml2 is. */
#ifndef TCPSPEC_REPORTS_XML_H
#define TCPSPEC_REPORTS_XML_H

#include "lib/base/text.h"

/* s where it is UTF-8 of characters that XML 1.0 has (production 2); else a copy in room, in which every other octet stands as "\xNN". */
const char *xml_clean(const char *s, struct text *room);

#endif
