/* The registry of TCP option kinds (IANA, "TCP Option Kind Numbers") as a table. It judges nothing: an absent kind is merely unknown. */
#include "lib/wire/option.h"

static const struct option_kind kinds[] = {
    {0, "EOL", "-", "End of Option List", "RFC9293"},
    {1, "NOP", "-", "No-Operation", "RFC9293"},
    {2, "MSS", "4", "Maximum Segment Size (SYN only)", "RFC9293"},
    {3, "WS", "3", "Window Scale (SYN only, shift<=14)", "RFC7323"},
    {4, "SACKOK", "2", "SACK Permitted (SYN only)", "RFC2018"},
    {5, "SACK", "8n+2", "SACK blocks", "RFC2018, RFC2883"},
    {6, NULL, "6", "Echo (obsoleted by 8)", "RFC1072, RFC6247"},
    {7, NULL, "6", "Echo Reply (obsoleted by 8)", "RFC1072, RFC6247"},
    {8, "TS", "10", "Timestamps", "RFC7323"},
    {9, NULL, "2", "Partial Order Connection Permitted (obsolete)", "RFC1693, RFC6247"},
    {10, NULL, "3", "Partial Order Service Profile (obsolete)", "RFC1693, RFC6247"},
    {11, NULL, "6", "CC (obsolete, T/TCP)", "RFC1644, RFC6247"},
    {12, NULL, "6", "CC.NEW (obsolete)", "RFC1644, RFC6247"},
    {13, NULL, "6", "CC.ECHO (obsolete)", "RFC1644, RFC6247"},
    {14, NULL, "3", "Alternate Checksum Request (obsolete)", "RFC1146, RFC6247"},
    {15, NULL, "N", "Alternate Checksum Data (obsolete)", "RFC1146, RFC6247"},
    {19, NULL, "18", "MD5 Signature (obsoleted by 29)", "RFC2385"},
    {28, NULL, "4", "User Timeout", "RFC5482"},
    {29, NULL, ">=4", "TCP Authentication Option", "RFC5925"},
    {30, NULL, "N", "Multipath TCP", "RFC8684"},
    {34, "TFO", "2 or 6..18 even", "TCP Fast Open Cookie", "RFC7413"},
    {69, NULL, "N", "Encryption Negotiation (TCP-ENO)", "RFC8547"},
    {172, NULL, "2..11 (step 3)", "AccECN Order 0", "RFC9768"},
    {174, NULL, "2..11 (step 3)", "AccECN Order 1", "RFC9768"},
    {253, NULL, "N", "Experimental, 16/32-bit ExID", "RFC4727, RFC6994"},
    {254, NULL, "N", "Experimental, 16/32-bit ExID", "RFC4727, RFC6994"},
};

const struct option_kind *option_kinds(size_t *count)
{
	*count = sizeof kinds / sizeof *kinds;
	return kinds;
}
