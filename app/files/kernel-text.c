/* Kernels as text: writing all formats, and finding out which one has come. */
#include "app/files/kernel-text.h"

#include "app/files/kernel-text-rows.h"
#include "engine/shortest.h"

#include <string.h>

/* What a paste by mistake may hold at most. */
#define BYTES_MAX (1 << 20)

typedef struct
{
  const char *id;
  const char *before;
  const char *between;
  const char *row;
  const char *after;
} Format;

static const Format formats[EW_N_KERNEL_TEXTS] = {
  { "numpy", "np.array([[", ", ", "],\n          [", "]])" },
  { "matlab", "[", " ", "; ", "]" },
  { "csv", "", ",", "\n", "\n" },
  { "spreadsheet", "", "\t", "\n", "\n" },
};

const char *
ew_kernel_text_format_id (EwKernelTextFormat format)
{
  return formats[format].id;
}

EwKernelTextFormat
ew_kernel_text_find_format (const char *id)
{
  int format = 0;

  while (format < EW_N_KERNEL_TEXTS && strcmp (formats[format].id, id) != 0)
    format++;
  return (EwKernelTextFormat)format;
}

char *
ew_kernel_text_write (const EwKernel *kernel, EwKernelTextFormat format)
{
  const Format *f = &formats[format];
  GString *text = g_string_new (f->before);
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  for (int k = 0; k < ew_kernel_n_taps (kernel); k++)
    {
      if (k > 0)
        g_string_append (text, k % kernel->width == 0 ? f->row : f->between);
      g_string_append (text, ew_shortest (number, kernel->taps[k]));
    }
  g_string_append (text, f->after);
  return g_string_free (text, FALSE);
}

/* The typographers' minus and the blanks of word processors, and line ends of all systems, as plain ones. */
static char *
plain_text (const char *text)
{
  static const char *const replaced[][2] = { { "\xef\xbb\xbf", "" }, { "\u2212", "-" }, { "\u00a0", " " },
                                             { "\u202f", " " },      { "\r\n", "\n" },  { "\r", "\n" } };
  g_autoptr (GString) plain = g_string_new (text);

  for (guint i = 0; i < G_N_ELEMENTS (replaced); i++)
    g_string_replace (plain, replaced[i][0], replaced[i][1], 0);
  return g_string_free (g_steal_pointer (&plain), FALSE);
}

static EwKernel *
finish (EwTextRows *rows, GError **error)
{
  if (rows->values->len == 0)
    {
      g_set_error_literal (error, EW_ERROR, EW_ERROR_DATA,
                           "There is no matrix in this text; rows of numbers or [[1, 2], [3, 4]] would be one.");
      return NULL;
    }
  if (rows->height > EW_KERNEL_SIDE_MAX || rows->width > EW_KERNEL_SIDE_MAX)
    {
      g_set_error (error, EW_ERROR, EW_ERROR_GEOMETRY, "This matrix is %d×%d; each side of a kernel can be at most %d.",
                   rows->height, rows->width, EW_KERNEL_SIDE_MAX);
      return NULL;
    }
  return ew_kernel_new_from_taps (rows->height, rows->width, (const double *)(gpointer)rows->values->data, 0, error);
}

EwKernel *
ew_kernel_text_read (const char *text, GError **error)
{
  g_autofree char *plain = NULL;
  EwTextRows rows = { 0 };
  EwKernel *kernel = NULL;
  gboolean ok;

  if (strlen (text) > BYTES_MAX)
    {
      g_set_error (error, EW_ERROR, EW_ERROR_GEOMETRY, "This text is too long for a kernel of at most %d×%d.",
                   EW_KERNEL_SIDE_MAX, EW_KERNEL_SIDE_MAX);
      return NULL;
    }
  plain = plain_text (text);
  rows.values = g_array_new (FALSE, FALSE, sizeof (double));
  if (strpbrk (plain, "[{") != NULL)
    ok = ew_text_rows_read_brackets (&rows, plain, error);
  else
    ok = ew_text_rows_read_lines (&rows, plain, error);
  if (ok)
    kernel = finish (&rows, error);
  g_array_unref (rows.values);
  return kernel;
}
