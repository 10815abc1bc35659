/* Kernels as text: what other programs write, round trips of what this one does, and sentences for the rest. */
#include "app/files/kernel-text.h"
#include "tests/engine-fixtures.h"

#include <math.h>
#include <string.h>

typedef struct
{
  const char *text;
  int height;
  int width;
  double taps[9];
} Understood;

/* As printed or written by the programs themselves. */
static const Understood understood[] = {
  { "np.array([[1, 2], [3, 4]])", 2, 2, { 1, 2, 3, 4 } },
  { "array([[ 1. ,  2. ],\n       [ 3. , -4.5]])", 2, 2, { 1, 2, 3, -4.5 } },
  { "array([[1, 2],\n       [3, 4]], dtype=float32)", 2, 2, { 1, 2, 3, 4 } },
  { "[[1. 2.]\n [3. 4.]]\n", 2, 2, { 1, 2, 3, 4 } },
  { "[[ 1.e-03 -2.e+00]]", 1, 2, { 1e-3, -2 } },
  { "np.array([1, -1])", 1, 2, { 1, -1 } },
  { "tensor([[[[ 0.9999, -1.0000]]]], grad_fn=<X>)", 1, 2, { 0.9999, -1 } },
  { "Parameter containing:\ntensor([[[[1., 2.],\n          [3., 4.]]]], requires_grad=True)", 2, 2, { 1, 2, 3, 4 } },
  { "kernel = [[0, 1],\n          [2, 3],]", 2, 2, { 0, 1, 2, 3 } },
  { "np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]]) / 16",
    3,
    3,
    { 1 / 16.0, 2 / 16.0, 1 / 16.0, 2 / 16.0, 4 / 16.0, 2 / 16.0, 1 / 16.0, 2 / 16.0, 1 / 16.0 } },
  { "[1 2; 3 4]", 2, 2, { 1, 2, 3, 4 } },
  { "K = [1, 2; 3, 4];", 2, 2, { 1, 2, 3, 4 } },
  { "h = [ 1 2\n      3 4 ];\n", 2, 2, { 1, 2, 3, 4 } },
  { "[1 2;\n 3 4;\n]", 2, 2, { 1, 2, 3, 4 } },
  { "1/4 * [1 2 1]", 1, 3, { 0.25, 0.5, 0.25 } },
  { "[1 2 1] ./ 4", 1, 3, { 0.25, 0.5, 0.25 } },
  { "[1/9, 2/9]", 1, 2, { 1 / 9.0, 2 / 9.0 } },
  { "const float k[2][2] = { { 1, 2 }, { 3, 4 } };", 2, 2, { 1, 2, 3, 4 } },
  { "{{1,2},{3,4}}", 2, 2, { 1, 2, 3, 4 } },
  { "1,2\n3,4\n", 2, 2, { 1, 2, 3, 4 } },
  { "1, 2\r\n3, 4\r\n\r\n", 2, 2, { 1, 2, 3, 4 } },
  { "1\t2\n3\t4\n", 2, 2, { 1, 2, 3, 4 } },
  { "0,5\t-0,25\n1\t2,0\n", 2, 2, { 0.5, -0.25, 1, 2 } },
  { "0,5;-0,25\n1;2\n", 2, 2, { 0.5, -0.25, 1, 2 } },
  { "1;2;3", 1, 3, { 1, 2, 3 } },
  { "1 2; 3 4", 2, 2, { 1, 2, 3, 4 } },
  { "1,2;3,4", 2, 2, { 1, 2, 3, 4 } },
  { "  1  2 \n  3  4 \n", 2, 2, { 1, 2, 3, 4 } },
  { "\u22121 +1", 1, 2, { -1, 1 } },
  { "1\u00a02\u202f3", 1, 3, { 1, 2, 3 } },
  { "[[[[[[[[1, 2]]]]]]]]", 1, 2, { 1, 2 } },
  { "7", 1, 1, { 7 } },
  { "\xef\xbb\xbf"
    "1;2",
    1,
    2,
    { 1, 2 } },
};

static void
test_understood (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (understood); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (EwKernel) kernel = ew_kernel_text_read (understood[i].text, &error);

      if (kernel == NULL || kernel->height != understood[i].height || kernel->width != understood[i].width
          || memcmp (kernel->taps, understood[i].taps, sizeof (double) * (gsize)ew_kernel_n_taps (kernel)) != 0)
        {
          g_test_message ("%s: %s", understood[i].text, error != NULL ? error->message : "other numbers");
          g_test_fail ();
        }
    }
}

static const struct
{
  const char *text;
  const char *sentence;
} refused[] = {
  { "", "There is no matrix in this text" },
  { " \n\t\n", "There is no matrix" },
  { "[]", "There is no matrix" },
  { "hello", "“hello” is not a number" },
  { "hello! [1 2]", "is not a number" },
  { "3 + [1 2]", "is not a number" },
  { "1 2\n3 four", "“four” is not a number" },
  { "1 2\n3", "Row 2 has 1 value where the rows before it have 2" },
  { "[[1, 2], [3, 4, 5]]", "Row 2 has 3 values" },
  { "[1 2; 3]", "Row 2 has 1 value" },
  { "[[1, 2], [3, 4]", "A bracket is not closed" },
  { "[[1, 2], 3]", "nested unevenly" },
  { "[1, [2, 3]]", "nested unevenly" },
  { "[[[1, 2]], [[3, 4]]]", "more than one matrix" },
  { "[1 2] [3 4]", "more than one matrix" },
  { "[1,,2]", "A value is missing" },
  { "[,1]", "A value is missing" },
  { "[1, 2,; 3, 4]", "A value is missing" },
  { "[[[[[[[[[1, 2]]]]]]]]]", "nested unevenly" },
  { "1,,2", "A value is missing" },
  { "1,2,\n3,4,", "ends with a separator" },
  { "1\t\t2", "A value is missing" },
  { "nan 1", "“nan” is not a number" },
  { "1 inf", "“inf” is not a number" },
  { "1/0 1", "“1/0” is not a number" },
  { "1/ 2", "“1/” is not a number" },
  { "[1 2] / 0", "is not a number" },
  { "[1 2] + 3", "is not a number" },
  { "1,2.5e", "“2.5e” is not a number" },
  { "averyveryverylongwordthatgoesonandon", "“averyveryverylongwordtha…” is not a number" },
};

static void
check_refused (const char *text, const char *sentence)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EwKernel) kernel = ew_kernel_text_read (text, &error);

  g_assert_null (kernel);
  if (error == NULL || strstr (error->message, sentence) == NULL)
    {
      g_test_message ("%s: %s", text, error == NULL ? "was understood" : error->message);
      g_test_fail ();
      return;
    }
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_true (g_str_has_suffix (error->message, "."));
  g_assert_null (strchr (error->message, '\n'));
}

static void
test_refused (void)
{
  g_autoptr (GString) long_row = g_string_new ("1");

  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    check_refused (refused[i].text, refused[i].sentence);
  for (int i = 0; i < 63; i++)
    g_string_append (long_row, " 1");
  check_refused (long_row->str, "This matrix is 1×64; each side of a kernel can be at most 63.");
}

/* A megabyte is read, blanks and all; what is longer has been pasted by mistake. */
static void
test_length (void)
{
  g_autofree char *text = g_strnfill ((1 << 20) + 1, ' ');
  g_autoptr (EwKernel) kernel = NULL;

  memcpy (text, "1 2", 3);
  check_refused (text, "This text is too long for a kernel of at most 63×63.");
  text[1 << 20] = '\0';
  kernel = ew_kernel_text_read (text, NULL);
  g_assert_true (kernel != NULL && kernel->width == 2);
}

static void
test_round_trips (void)
{
  EwRandom random = 13;

  for (int round = 0; round < 60; round++)
    {
      g_autoptr (EwKernel) kernel
          = random_kernel (&random, random_int (&random, 1, 63), random_int (&random, 1, 63), -1, 1);

      kernel->bias = 0;
      for (int k = 0; k < ew_kernel_n_taps (kernel); k++)
        kernel->taps[k] = round % 2 == 0 ? ldexp (kernel->taps[k], random_int (&random, -1000, 1000))
                                        : rint (kernel->taps[k] * 100) / 100;
      for (int format = 0; format < EW_N_KERNEL_TEXTS; format++)
        {
          g_autofree char *text = ew_kernel_text_write (kernel, (EwKernelTextFormat)format);
          g_autoptr (GError) error = NULL;
          g_autoptr (EwKernel) back = ew_kernel_text_read (text, &error);

          g_assert_no_error (error);
          /* −0 is written as it is. */
          if (back != NULL && ew_kernel_equal (back, kernel))
            continue;
          g_test_message ("%d×%d: %.60s", kernel->height, kernel->width, text);
          g_test_fail ();
        }
    }
}

static void
test_written (void)
{
  static const char *const expected[]
      = { "np.array([[0.5, -1],\n          [0.1, 3]])", "[0.5 -1; 0.1 3]", "0.5,-1\n0.1,3\n", "0.5\t-1\n0.1\t3\n" };
  static const char *const ids[] = { "numpy", "matlab", "csv", "spreadsheet" };
  const double taps[] = { 0.5, -1, 0.1, 3 };
  g_autoptr (EwKernel) kernel = ew_kernel_new_from_taps (2, 2, taps, 9, NULL);

  for (int format = 0; format < EW_N_KERNEL_TEXTS; format++)
    {
      g_autofree char *text = ew_kernel_text_write (kernel, (EwKernelTextFormat)format);

      g_assert_cmpstr (text, ==, expected[format]);
      g_assert_cmpstr (ew_kernel_text_format_id ((EwKernelTextFormat)format), ==, ids[format]);
      g_assert_cmpint (ew_kernel_text_find_format (ids[format]), ==, format);
    }
  g_assert_cmpint (ew_kernel_text_find_format ("latex"), ==, EW_N_KERNEL_TEXTS);
}

/* Pieces of good texts put together at random: a kernel or a sentence, never anything else. */
static void
test_damaged (void)
{
  EwRandom random = 17;

  for (int round = 0; round < 20000; round++)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (EwKernel) kernel = NULL;

      for (int piece = 0; piece < random_int (&random, 1, 3); piece++)
        {
          const char *good = understood[random_int (&random, 0, G_N_ELEMENTS (understood) - 1)].text;
          int length = (int)strlen (good);
          int from = random_int (&random, 0, length - 1);

          g_string_append_len (text, good + from, random_int (&random, 1, length - from));
        }
      for (int i = 0; i < random_int (&random, 0, 2); i++)
        text->str[random_int (&random, 0, (int)text->len - 1)] = "[]{},;\t\n-/.*=1"[random_int (&random, 0, 13)];
      if (!g_utf8_validate (text->str, -1, NULL))
        continue;
      kernel = ew_kernel_text_read (text->str, &error);
      g_assert_true ((kernel == NULL) == (error != NULL));
      if (error != NULL)
        g_assert_true (g_str_has_suffix (error->message, ".") && strchr (error->message, '\n') == NULL);
      for (int k = 0; kernel != NULL && k < ew_kernel_n_taps (kernel); k++)
        g_assert_true (isfinite (kernel->taps[k]));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/kernel-text/understood", test_understood);
  g_test_add_func ("/kernel-text/refused", test_refused);
  g_test_add_func ("/kernel-text/length", test_length);
  g_test_add_func ("/kernel-text/round-trips", test_round_trips);
  g_test_add_func ("/kernel-text/written", test_written);
  g_test_add_func ("/kernel-text/damaged", test_damaged);
  return g_test_run ();
}
