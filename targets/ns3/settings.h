/* The settings of [stack] that ns-3 has. */
#ifndef TCPSPEC_NS3_SETTINGS_H
#define TCPSPEC_NS3_SETTINGS_H

/* For all sockets that are made from now on. value: as in target.ini, "1500 ms", "yes". False: there is no such setting, or this is no value for it. */
bool setting_apply(const char *name, const char *value);

#endif
