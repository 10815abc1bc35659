/* JSON, looked at from left to right: a value, or nothing. Nothing is kept of it. */
#include "tests/check-json.h"

#include <string.h>

static const char *after_value (const char *at);

static const char *
after_blanks (const char *at)
{
  return at + strspn (at, " \t\r\n");
}

/* After a text, NULL where there is none. */
static const char *
after_text (const char *at)
{
  if (*at != '"')
    return NULL;
  for (at++; *at != '"'; at++)
    {
      if ((guchar)*at < ' ')
        return NULL;
      if (*at == '\\' && *++at == '\0')
        return NULL;
    }
  return at + 1;
}

/* After "name": value, or the value alone in an array. */
static const char *
after_member (const char *at, gboolean named)
{
  if (named)
    {
      at = after_text (at);
      at = at == NULL ? NULL : after_blanks (at);
      if (at == NULL || *at != ':')
        return NULL;
      at = after_blanks (at + 1);
    }
  return after_value (at);
}

static const char *
after_members (const char *at, gboolean named)
{
  char end = named ? '}' : ']';

  at = after_blanks (at + 1);
  if (*at == end)
    return at + 1;
  for (;;)
    {
      at = after_member (at, named);
      at = at == NULL ? NULL : after_blanks (at);
      if (at == NULL || (*at != ',' && *at != end))
        return NULL;
      if (*at == end)
        return at + 1;
      at = after_blanks (at + 1);
    }
}

static const char *
after_number (const char *at)
{
  gsize whole;

  at += *at == '-';
  whole = strspn (at, "0123456789");
  if (whole == 0 || (whole > 1 && *at == '0'))
    return NULL;
  at += whole;
  if (*at == '.')
    {
      gsize part = strspn (at + 1, "0123456789");

      at = part == 0 ? NULL : at + 1 + part;
    }
  if (at == NULL || (*at != 'e' && *at != 'E'))
    return at;
  at += at[1] == '+' || at[1] == '-' ? 2 : 1;
  return strspn (at, "0123456789") == 0 ? NULL : at + strspn (at, "0123456789");
}

static const char *
after_value (const char *at)
{
  static const char *const words[] = { "true", "false", "null" };

  for (guint k = 0; k < G_N_ELEMENTS (words); k++)
    if (g_str_has_prefix (at, words[k]))
      return at + strlen (words[k]);
  return *at == '{'   ? after_members (at, TRUE)
         : *at == '[' ? after_members (at, FALSE)
         : *at == '"' ? after_text (at)
                      : after_number (at);
}

void
check_json (const char *text)
{
  const char *end = after_value (after_blanks (text));

  if (end == NULL || *after_blanks (end) != '\0')
    g_test_message ("this is no JSON: %s", text);
  g_assert_nonnull (end);
  g_assert_cmpint (*after_blanks (end), ==, '\0');
}
