/* Views: what they keep, what they prepare ahead and in how much room, and what is made first. */
#include "tests/view-fixtures.h"

#include <malloc.h>
#include <math.h>

static size_t
allocated (void)
{
  struct mallinfo2 info = mallinfo2 ();

  return info.uordblks + info.hblkhd;
}

/* What is in sight takes about one more plane like x: tiles overlap by the reach of the kernel in blocks, and their
 * rows are rounded up to cache lines. What is out of sight has a bound. */
static void
test_memory (void)
{
  EwRandom random = 46;
  g_autoptr (EwGrid) x = ew_grid_new (4000, 5000, NULL);
  g_autoptr (EwKernel) kernel = random_kernel (&random, 15, 15, -1, 1);
  EwGeometry geometry;
  size_t before = allocated ();

  ew_geometry_init_valid (&geometry, 15, 15);

  g_autoptr (EwView) view = ew_view_new (x, NULL, &geometry, pool, NULL);

  /* Gathering so large a plane takes a sanitizer half a minute a size, and its allocator counts in another way. */
  for (int s = draws (2) < 2 ? 40 : 2; s <= 40; s += s < 16 ? 1 : 8)
    {
      EwViewport all = { .block = s, .height = 4000, .width = 5000 };
      g_autoptr (EwPictures) pictures = pictures_of (view, &all, kernel);
      size_t plane = (size_t)x->height * x->stride * sizeof (float);
      double reach = 1 + ceil (14.0 / s) / 64;

      g_assert_cmpuint (allocated () - before, <=,
                        (size_t)(plane * reach * reach * 1.5) + EW_VIEW_BYTES + ((size_t)48 << 20));
    }
}

/* The bytes of the tiles that the newest pictures did not need. */
static size_t
bytes_out_of_sight (EwView *view)
{
  GHashTableIter iter;
  gpointer key;
  size_t bytes = 0;

  g_hash_table_iter_init (&iter, view->tiles);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    bytes += ((const EwViewTile *)key)->used < view->clock ? ((const EwViewTile *)key)->bytes : 0;
  return bytes;
}

static void
prepare_all (EwView *view, const EwViewport *viewport)
{
  for (int turns = 0; ew_view_prepare (view, viewport, NULL); turns++)
    {
      g_assert_cmpuint (bytes_out_of_sight (view), <=, view->room);
      g_assert_cmpint (turns, <, 10000);
      if (g_test_failed ())
        return;
    }
}

/* After everything has been prepared a zoom to any of the sizes, at any place, gathers nothing, and gives the bits that a
 * fresh view gives. What fits stays, whatever is looked at in between. */
static void
test_prepared (void)
{
  EwRandom random = 58;

  for (int stride = 1; stride <= 3; stride++)
    {
      EwGeometry geometry;
      Sample sample;

      random_geometry (&random, &geometry, 5);
      geometry.stride = stride;
      sample_init (&sample, &random, &geometry, 700, 900);

      g_autoptr (EwView) view = view_of (&sample);
      EwViewport all = { .block = 18 / stride, .height = 60, .width = 60 };

      view->felt = 0;
      g_autoptr (EwPictures) whole = pictures_of (view, &all, sample.kernel);

      prepare_all (view, &all);
      g_assert_false (ew_view_prepare (view, &all, NULL));

      guint64 gathered = ew_view_n_gathered (view);

      for (int k = 0; k < EW_ZOOM_SIDES && ew_zoom_sides[k] < 18; k++)
        for (int look = 0; look < 3 && !g_test_failed (); look++)
          {
            int block = MAX (ew_zoom_sides[k] / stride, 1);
            EwViewport part = random_viewport (&random, block, sample.height / block, sample.width / block);
            g_autoptr (EwView) fresh = view_of (&sample);
            g_autoptr (EwPictures) pictures = pictures_of (view, &part, sample.kernel);
            g_autoptr (EwPictures) expected = pictures_of (fresh, &part, sample.kernel);

            assert_same_grid (pictures->input, expected->input);
            assert_same_grid (pictures->target, expected->target);
            assert_same_grid (pictures->output, expected->output);
          }

      g_autoptr (EwPictures) again = pictures_of (view, &all, sample.kernel);

      assert_same_grid (again->output, whole->output);
      g_assert_cmpuint (ew_view_n_gathered (view), ==, gathered);
      sample_clear (&sample);
    }
}

/* With little room the coarsest sizes are there, around the middle of what is in sight, and stay: whatever is seen at fine
 * ones gives way. What nobody would feel is not prepared, nor what is smaller than what fits. */
static void
test_prepared_in_little_room (void)
{
  EwRandom random = 59;
  EwGeometry geometry;
  Sample sample;

  ew_geometry_init_valid (&geometry, 3, 3);
  sample_init (&sample, &random, &geometry, 1500, 1500);

  g_autoptr (EwView) view = view_of (&sample);
  EwViewport fit = { .block = 20, .height = 80, .width = 80 };
  EwViewport coarse = { .block = 16, .row = 30, .column = 30, .height = 20, .width = 20 };
  EwViewport corner = { .block = 8, .row = 100, .column = 100, .height = 60, .width = 60 };
  g_autoptr (EwPictures) whole = pictures_of (view, &fit, sample.kernel);

  g_assert_false (ew_view_prepare (view, &fit, NULL));
  view->felt = 0;
  view->room = 1000000;
  prepare_all (view, &fit);
  g_assert_cmpuint (bytes_out_of_sight (view), >, view->room / 2);

  /* The four tiles of 16, the fit's four, and some of 12. */
  guint64 gathered = ew_view_n_gathered (view);

  g_assert_cmpuint (gathered, >, 8);
  for (int walk = 0; walk < 20; walk++)
    {
      EwViewport fine = { .block = 2, .row = 30 * walk, .column = 30 * walk, .height = 100, .width = 100 };
      g_autoptr (EwPictures) pictures = pictures_of (view, &fine, sample.kernel);

      g_assert_cmpuint (bytes_out_of_sight (view), <=, view->room);
    }
  gathered = ew_view_n_gathered (view);

  g_autoptr (EwPictures) zoomed = pictures_of (view, &coarse, sample.kernel);
  g_autoptr (EwPictures) again = pictures_of (view, &fit, sample.kernel);

  check_pictures (&sample, &coarse, zoomed);
  assert_same_grid (again->output, whole->output);
  g_assert_cmpuint (ew_view_n_gathered (view), ==, gathered);

  /* From a corner the middle of what is seen there comes first. */
  g_autoptr (EwView) other = view_of (&sample);
  g_autoptr (EwPictures) at_corner = pictures_of (other, &corner, sample.kernel);

  other->felt = 0;
  /* The only tile of 24; two of the four of 16. */
  gathered = ew_view_n_gathered (other);
  g_assert_true (ew_view_prepare (other, &corner, NULL));
  g_assert_true (ew_view_prepare (other, &corner, NULL));
  g_assert_cmpuint (ew_view_n_gathered (other), ==, gathered + 3);
  gathered = ew_view_n_gathered (other);
  coarse.row = coarse.column = 70;

  g_autoptr (EwPictures) nearby = pictures_of (other, &coarse, sample.kernel);

  g_assert_cmpuint (ew_view_n_gathered (other), ==, gathered);

  EwCancel cancel = 1;

  g_assert_false (ew_view_prepare (other, &corner, &cancel));
  sample_clear (&sample);
}

/* Prepares what there is room for and returns how much that is; nothing is prepared only to be let go again. */
static size_t
prepare_in (const Sample *sample, size_t room)
{
  g_autoptr (EwView) view = view_of (sample);
  EwViewport fit = { .block = 4, .height = 180, .width = 180 };

  ew_pictures_unref (pictures_of (view, &fit, sample->kernel));
  view->felt = 0;
  view->room = room;
  prepare_all (view, &fit);
  g_assert_cmpuint (ew_view_n_gathered (view), ==, g_hash_table_size (view->tiles));
  return bytes_out_of_sight (view);
}

/* However much room there is, it is used. */
static void
test_prepared_in_any_room (void)
{
  EwRandom random = 61;
  EwGeometry geometry;
  Sample sample;
  size_t everything;

  ew_geometry_init_valid (&geometry, 3, 3);
  sample_init (&sample, &random, &geometry, 700, 700);
  everything = prepare_in (&sample, G_MAXSIZE);
  /* Each of its tiles takes at most 200,000 bytes. */
  for (size_t room = everything / 10; room < everything + 200000; room += 23001)
    g_assert_cmpuint (prepare_in (&sample, room) + 200000, >, MIN (room, everything));
  sample_clear (&sample);
}

/* Tiles of finer sizes that were seen lately do not keep the coarser ones away. */
static void
test_prepared_after_fine (void)
{
  EwRandom random = 62;
  EwGeometry geometry;
  Sample sample;

  ew_geometry_init_valid (&geometry, 3, 3);
  sample_init (&sample, &random, &geometry, 1500, 1500);

  g_autoptr (EwView) view = view_of (&sample);
  EwViewport fit = { .block = 20, .height = 80, .width = 80 };
  EwViewport coarse = { .block = 16, .row = 10, .column = 10, .height = 60, .width = 60 };

  view->felt = 0;
  view->room = 1000000;
  for (int walk = 0; walk < 10; walk++)
    {
      EwViewport fine = { .block = 3, .row = 40 * walk, .column = 40 * walk, .height = 100, .width = 100 };

      ew_pictures_unref (pictures_of (view, &fine, sample.kernel));
    }
  g_assert_cmpuint (bytes_out_of_sight (view), >, view->room / 2);
  ew_pictures_unref (pictures_of (view, &fit, sample.kernel));
  prepare_all (view, &fit);

  guint64 gathered = ew_view_n_gathered (view);
  g_autoptr (EwPictures) zoomed = pictures_of (view, &coarse, sample.kernel);

  check_pictures (&sample, &coarse, zoomed);
  g_assert_cmpuint (ew_view_n_gathered (view), ==, gathered);
  sample_clear (&sample);
}

/* Looks at one tile of blocks of two; how many tiles had to be gathered for it. */
static guint64
look (EwView *view, const Sample *sample, int row, int column)
{
  EwViewport v = { .block = 2, .row = 64 * row, .column = 64 * column, .height = 64, .width = 64 };
  guint64 before = ew_view_n_gathered (view);

  ew_pictures_unref (pictures_of (view, &v, sample->kernel));
  return ew_view_n_gathered (view) - before;
}

/* Of one size those go first that were seen longest ago. */
static void
test_oldest_go (void)
{
  EwRandom random = 63;
  EwGeometry geometry;
  Sample sample;
  GQueue kept = G_QUEUE_INIT;

  ew_geometry_init_valid (&geometry, 3, 3);
  sample_init (&sample, &random, &geometry, 6 * 128 + 2, 6 * 128 + 2);

  g_autoptr (EwView) view = view_of (&sample);

  look (view, &sample, 0, 0);
  look (view, &sample, 0, 1);
  /* Five, of which four are out of sight. */
  view->room = bytes_out_of_sight (view) * 9 / 2;
  g_hash_table_remove_all (view->tiles);
  for (int step = 0; step < 200 && !g_test_failed (); step++)
    {
      /* Few enough places that some come again. */
      gpointer place = GINT_TO_POINTER (random_int (&random, 0, 8) * 4);
      gboolean there = g_queue_remove (&kept, place);

      g_assert_cmpuint (look (view, &sample, GPOINTER_TO_INT (place) / 6, GPOINTER_TO_INT (place) % 6), ==, there ? 0 : 1);
      g_queue_push_tail (&kept, place);
      if (kept.length > 5)
        g_queue_pop_head (&kept);
    }
  g_queue_clear (&kept);
  sample_clear (&sample);
}

/* What is in sight is made first where the rest takes a while, and is the very part of the whole. */
static void
test_first_part (void)
{
  EwRandom random = 60;
  EwGeometry geometry;
  EwViewport first;
  Sample sample;

  ew_geometry_init_valid (&geometry, 4, 3);
  sample_init (&sample, &random, &geometry, 800, 900);

  g_autoptr (EwView) view = view_of (&sample);
  EwViewport v = { .task = 5, .sample = 1, .block = 2, .row = 0, .column = 64, .height = 256, .width = 320,
                   .seen_row = 64, .seen_column = 128, .seen_height = 128, .seen_width = 192 };

  g_assert_false (ew_view_first_part (view, &v, &first));
  view->worth_two = 14 * 128 * 128;
  g_assert_true (ew_view_first_part (view, &v, &first));
  view->worth_two++;
  g_assert_false (ew_view_first_part (view, &v, &first));
  view->worth_two = 1;
  g_assert_true (ew_view_first_part (view, &v, &first));
  g_assert_cmpuint (first.task, ==, 5);
  g_assert_cmpint (first.sample, ==, 1);

  g_autoptr (EwPictures) part = pictures_of (view, &first, sample.kernel);

  check_pictures (&sample, &first, part);
  g_assert_cmpint (part->row, ==, 64);
  g_assert_cmpint (part->output->width, ==, 192);
  g_assert_cmpuint (ew_view_n_gathered (view), ==, 6);
  g_assert_true (ew_view_first_part (view, &v, &first));

  g_autoptr (EwPictures) rest = pictures_of (view, &v, sample.kernel);

  check_pictures (&sample, &v, rest);
  g_assert_cmpuint (ew_view_n_gathered (view), ==, 20);
  g_assert_false (ew_view_first_part (view, &v, &first));
  v.block = 1;
  g_assert_false (ew_view_first_part (view, &v, &first));
  sample_clear (&sample);
}

void
add_view_kept_cases (void)
{
  g_test_add_func ("/view/memory", test_memory);
  g_test_add_func ("/view/prepared", test_prepared);
  g_test_add_func ("/view/prepared-in-little-room", test_prepared_in_little_room);
  g_test_add_func ("/view/prepared-in-any-room", test_prepared_in_any_room);
  g_test_add_func ("/view/prepared-after-fine", test_prepared_after_fine);
  g_test_add_func ("/view/oldest-go", test_oldest_go);
  g_test_add_func ("/view/first-part", test_first_part);
}
