/* The model that judged a run, from the choices in its record's first line. The line itself is read elsewhere. */
#include <string.h>

#include "lib/run/result.h"
#include "lib/model/keys.h"
#include "lib/model/service.h"

/* One "name=value" of the declaration as it is printed. */
static bool pair_take(struct model *m, char *pair, struct error *e)
{
	char *value = strchr(pair, '=');
	if (!value)
		return error_set(e, "\"%s\": expected name=value", pair);
	*value++ = '\0';
	bool *choice = choice_at(&m->choices, pair);
	if (choice) {
		*choice = strcmp(value, "yes") == 0;
		return *choice || strcmp(value, "no") == 0 || error_set(e, "%s=%s: expected yes or no", pair, value);
	}
	if (strcmp(pair, "service") == 0)
		return service_read(value, &m->service) || error_set(e, "service=%s: expected echo or discard", value);
	const char *wrong = constant_set(&m->constants, pair, value);
	return !wrong || error_set(e, "%s=%s: %s", pair, value, wrong);
}

static bool declared_take(struct model *m, const char *declared, struct error *e)
{
	char pair[96];
	while (*declared) {
		const size_t n = strcspn(declared, " ");
		if (n >= sizeof pair)
			return error_set(e, "\"%.60s...\": no choice or constant is that long", declared);
		memcpy(pair, declared, n);
		pair[n] = '\0';
		if (n && !pair_take(m, pair, e))
			return false;
		declared += n + (declared[n] == ' ');
	}
	return true;
}

bool run_header_model(const struct run_header *h, struct model *m, struct error *e)
{
	enum profile profile;
	if (!profile_read(h->profile, &profile))
		return error_set(e, "profile %s: there is no such profile in this version", h->profile);
	*m = model_default(profile);
	return declared_take(m, text_string(&h->choices), e) || error_prefix(e, "the run's choices: ");
}
