/* OVMF's VirtioNetDxe, MnpDxe, Ip4Dxe and Ip6Dxe by their protocols. The one thing it puts in between is that a frame is sent when Transmit() returns. */
#include "network.h"

#include <efinet.h>

/* What gnu-efi's headers do not have, of UEFI 2.10, 25.1 (MNP), 28.5 (IP4 Config2), 28.7 (IP6 Config). */
struct mnp {
	void *GetModeData;
	EFI_STATUS(EFIAPI *Configure)
	(struct mnp *, EFI_MANAGED_NETWORK_CONFIG_DATA *);
	void *McastIpToMac, *Groups, *Transmit, *Receive, *Cancel;
	EFI_STATUS(EFIAPI *Poll)
	(struct mnp *);
};

struct ip_config {
	EFI_STATUS(EFIAPI *SetData)
	(struct ip_config *, int type, UINTN size, void *data);
};

struct address4_data {
	EFI_IPv4_ADDRESS address, mask;
};

struct address6_data {
	EFI_IPv6_ADDRESS address;
	BOOLEAN is_anycast;
	UINT8 prefix_length;
};

enum { IP4_POLICY = 1,
       IP4_MANUAL_ADDRESS = 2,
       IP6_POLICY = 2,
       IP6_DAD_TRANSMITS = 3,
       IP6_MANUAL_ADDRESS = 4,
       POLICY_STATIC = 0,
       UNUSED_ETHERTYPE = 0x88b5, /* IEEE: local experiments */
       SENT_MAX = 64,
       RESTS = 1000,
       PREFIX6 = 64 };

static EFI_GUID mnp_service_id = {0xf36ff770, 0xa7e1, 0x42cf, {0x9e, 0xd2, 0x56, 0xf0, 0xf2, 0x71, 0xf4, 0x4c}};
static EFI_GUID mnp_id = {0x7ab33a91, 0xace5, 0x4326, {0xb5, 0x72, 0xe7, 0xee, 0x33, 0xd3, 0x9f, 0x16}};
static EFI_GUID ip4_config_id = {0x5b446ed1, 0xe30b, 0x4faa, {0x87, 0x1a, 0x36, 0x54, 0xec, 0xa3, 0x60, 0x80}};
static EFI_GUID ip6_config_id = {0x937fe521, 0x95ae, 0x4d1a, {0x89, 0x29, 0x48, 0xbc, 0xd9, 0x0a, 0xd3, 0x1a}};
static EFI_GUID tcp4_service_id = EFI_TCP4_SERVICE_BINDING_PROTOCOL;
static EFI_GUID tcp6_service_id = EFI_TCP6_SERVICE_BINDING_PROTOCOL;
static EFI_GUID snp_id = EFI_SIMPLE_NETWORK_PROTOCOL_GUID;

/* ---- sending ---- */

/* The driver's own calls, and the buffers that it has given back. Its callers hand over no context: so there is one of these. */
static struct {
	EFI_SIMPLE_NETWORK_TRANSMIT transmit;
	EFI_SIMPLE_NETWORK_GET_STATUS status;
	VOID *sent[SENT_MAX];
	unsigned count;
} driver;

/* Transmit() of a driver only puts the frame into the device's queue. The answer to a line would overtake it. */
static EFI_STATUS EFIAPI transmit_to_its_end(EFI_SIMPLE_NETWORK *snp, UINTN header, UINTN size, VOID *frame, EFI_MAC_ADDRESS *from, EFI_MAC_ADDRESS *to, UINT16 *type)
{
	if (driver.count == SENT_MAX)
		return EFI_NOT_READY; /* the caller fetches what was sent, and tries again */
	const EFI_STATUS result = driver.transmit(snp, header, size, frame, from, to, type);
	VOID *sent = NULL;
	while (!EFI_ERROR(result) && !sent && !EFI_ERROR(driver.status(snp, NULL, &sent)))
		network_rest();
	if (sent)
		driver.sent[driver.count++] = sent;
	return result;
}

static EFI_STATUS EFIAPI status_of_sent(EFI_SIMPLE_NETWORK *snp, UINT32 *interrupts, VOID **sent)
{
	const EFI_STATUS result = sent ? driver.status(snp, interrupts, NULL) : driver.status(snp, interrupts, sent);
	if (sent)
		*sent = driver.count ? driver.sent[--driver.count] : NULL;
	return result;
}

/* ---- starting ---- */

static void *protocol_of(const struct network *n, EFI_HANDLE h, EFI_GUID *id)
{
	void *found = NULL;
	return EFI_ERROR(n->firmware->HandleProtocol(h, id, &found)) ? NULL : found;
}

/* BDS connects what it boots from; the rest is ours to ask for. */
static void drivers_connect(const struct network *n)
{
	EFI_HANDLE *all = NULL;
	UINTN count = 0;
	if (EFI_ERROR(n->firmware->LocateHandleBuffer(AllHandles, NULL, NULL, &count, &all)))
		return;
	for (UINTN i = 0; i < count; i++)
		n->firmware->ConnectController(all[i], NULL, NULL, TRUE);
	n->firmware->FreePool(all);
}

static bool frames_open(struct network *n)
{
	EFI_SERVICE_BINDING *service = protocol_of(n, n->nic, &mnp_service_id);
	EFI_MANAGED_NETWORK_CONFIG_DATA none = {.ProtocolTypeFilter = UNUSED_ETHERTYPE};
	EFI_HANDLE child = NULL;
	if (!service || EFI_ERROR(service->CreateChild(service, &child)))
		return false;
	n->frames = protocol_of(n, child, &mnp_id);
	return n->frames && !EFI_ERROR(n->frames->Configure(n->frames, &none));
}

const char *network_start(struct network *n, EFI_BOOT_SERVICES *firmware, EFI_HANDLE image)
{
	EFI_HANDLE *nics = NULL;
	UINTN count = 0;
	*n = (struct network){.firmware = firmware, .image = image};
	drivers_connect(n);
	if (EFI_ERROR(firmware->LocateHandleBuffer(ByProtocol, &tcp4_service_id, NULL, &count, &nics)) || count == 0)
		return "no handle has EFI_TCP4_SERVICE_BINDING_PROTOCOL";
	n->nic = nics[0];
	firmware->FreePool(nics);
	n->tcp4 = protocol_of(n, n->nic, &tcp4_service_id);
	n->tcp6 = protocol_of(n, n->nic, &tcp6_service_id);
	if (!n->tcp6)
		return "the interface has no EFI_TCP6_SERVICE_BINDING_PROTOCOL";
	if (!frames_open(n))
		return "the interface has no EFI_MANAGED_NETWORK_PROTOCOL";
	EFI_SIMPLE_NETWORK *snp = protocol_of(n, n->nic, &snp_id);
	if (!snp)
		return "the interface has no EFI_SIMPLE_NETWORK_PROTOCOL";
	driver.transmit = snp->Transmit;
	driver.status = snp->GetStatus;
	snp->Transmit = transmit_to_its_end;
	snp->GetStatus = status_of_sent;
	return NULL;
}

static const char *address4_set(struct network *n, const struct address *a)
{
	struct ip_config *c = protocol_of(n, n->nic, &ip4_config_id);
	struct address4_data data = {.mask = {{255, 255, 255, 0}}};
	UINT32 policy = POLICY_STATIC;
	if (!c)
		return "the interface has no EFI_IP4_CONFIG2_PROTOCOL";
	memcpy(data.address.Addr, a->octets, sizeof data.address.Addr);
	c->SetData(c, IP4_POLICY, sizeof policy, &policy);
	const EFI_STATUS result = c->SetData(c, IP4_MANUAL_ADDRESS, sizeof data, &data);
	return EFI_ERROR(result) ? "the IPv4 address was refused" : NULL;
}

static const char *address6_set(struct network *n, const struct address *a)
{
	struct ip_config *c = protocol_of(n, n->nic, &ip6_config_id);
	struct address6_data data = {.prefix_length = PREFIX6};
	UINT32 policy = POLICY_STATIC, transmits = 0; /* nobody else is on this link */
	if (!c)
		return "the interface has no EFI_IP6_CONFIG_PROTOCOL";
	memcpy(data.address.Addr, a->octets, sizeof data.address.Addr);
	c->SetData(c, IP6_POLICY, sizeof policy, &policy);
	c->SetData(c, IP6_DAD_TRANSMITS, sizeof transmits, &transmits);
	const EFI_STATUS result = c->SetData(c, IP6_MANUAL_ADDRESS, sizeof data, &data);
	return EFI_ERROR(result) && result != EFI_NOT_READY ? "the IPv6 address was refused" : NULL;
}

const char *network_address(struct network *n, const struct address *a)
{
	return a->family == 4 ? address4_set(n, a) : address6_set(n, a);
}

bool network_take(struct network *n)
{
	return !EFI_ERROR(n->frames->Poll(n->frames));
}

/* (The instruction `pause` would do the opposite: it makes QEMU take its lock.) */
void network_rest(void)
{
	for (unsigned i = 0; i < RESTS; i++)
		__asm__ volatile("");
}
