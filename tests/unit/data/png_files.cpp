// PNG images and folders of them, as many programs write them. Samples are known: a ramp over the
// range of the depth.
#include <png.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <csetjmp>

#include "sim/data/array.hpp"
#include "sim/data/contents.hpp"
#include "sim/data/selection.hpp"
#include "sim/data/understood.hpp"
#include "tests/exact/target_build.hpp"
#include "tests/parameters.hpp"
#include "tests/scratch.hpp"

using namespace symbreak;

namespace {

struct Image {
  int width = 5, height = 3, bits = 8, type = PNG_COLOR_TYPE_GRAY;
  bool interlaced = false, transparent = false;  ///< transparent: a tRNS chunk
  int opacity = 65535;                           ///< of every pixel, of types with alpha
  int shift = 0;                                 ///< added to every sample

  int channels() const {
    return type == PNG_COLOR_TYPE_RGB          ? 3
           : type == PNG_COLOR_TYPE_RGB_ALPHA  ? 4
           : type == PNG_COLOR_TYPE_GRAY_ALPHA ? 2
                                               : 1;
  }
  int most() const { return (1 << bits) - 1; }
  /// Stored sample of a channel: a colour, or an index of the palette.
  int sample(int y, int x, int channel) const {
    const bool alpha = (type & PNG_COLOR_MASK_ALPHA) != 0 && channel == channels() - 1;
    if (alpha) return static_cast<int>(static_cast<long>(opacity) * most() / 65535);
    return (7 * (y * width + x) + 40 * channel + shift) % (most() + 1);
  }
};

/// Colour k of the palette.
png_color colour(int k) {
  const auto byte = [](int value) { return static_cast<png_byte>(value); };
  return {byte(3 * k % 256), byte(5 * k % 256), byte(255 - k)};
}

/// Bytes of a PNG file, written by libpng.
std::string png(const Image& image) {
  std::string bytes;
  png_structp file = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(file);
  REQUIRE(info != nullptr);
  png_set_write_fn(
      file, &bytes,
      [](png_structp to, png_bytep data, png_size_t size) {
        static_cast<std::string*>(png_get_io_ptr(to))
            ->append(reinterpret_cast<const char*>(data), size);
      },
      [](png_structp) {});
  const auto side = [](int value) { return static_cast<png_uint_32>(value); };
  png_set_IHDR(file, info, side(image.width), side(image.height), image.bits, image.type,
               image.interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  std::vector<png_color> palette;
  if (image.type == PNG_COLOR_TYPE_PALETTE) {
    for (int k = 0; k <= image.most(); ++k) palette.push_back(colour(k));
    png_set_PLTE(file, info, palette.data(), image.most() + 1);
  }
  if (image.transparent) {
    png_byte alpha[1] = {51};  // of the first colour of the palette, 51/255 = 1/5
    png_color_16 invisible{};
    invisible.gray = static_cast<png_uint_16>(image.sample(0, 0, 0));
    const bool of_palette = image.type == PNG_COLOR_TYPE_PALETTE;
    png_set_tRNS(file, info, of_palette ? alpha : nullptr, of_palette ? 1 : 0,
                 of_palette ? nullptr : &invisible);
  }
  png_set_gAMA_fixed(file, info, 100000);  // linear: samples stay what they are
  png_write_info(file, info);
  png_set_packing(file);  // bytes to samples of 1, 2, 4 bits
  const int passes = png_set_interlace_handling(file);
  for (int pass = 0; pass < passes; ++pass) {
    for (int y = 0; y < image.height; ++y) {
      std::vector<png_byte> row;
      for (int x = 0; x < image.width; ++x) {
        for (int c = 0; c < image.channels(); ++c) {
          const int sample = image.sample(y, x, c);
          if (image.bits == 16) row.push_back(static_cast<png_byte>(sample >> 8));
          row.push_back(static_cast<png_byte>(sample & 255));
        }
      }
      png_write_row(file, row.data());
    }
  }
  png_write_end(file, info);
  png_destroy_write_struct(&file, &info);
  return bytes;
}

/// What a stored sample is on 0 .. 255.
double level(const Image& image, int sample) { return 255.0 * sample / image.most(); }

data::Source source_of(const std::string& file, const std::string& alpha = "",
                       const std::string& colours = "") {
  data::Source source{.file = file, .key = "target.file"};
  source.alpha = alpha;
  source.colours = colours;
  return source;
}

std::string fault_of(const data::Source& source) {
  try {
    data::read<double>(source);
  } catch (const deck::KeyError& error) {
    return error.what();
  }
  return "nothing";
}

void make_folder(const test::ScratchFolder& folder, const std::string& name) {
  std::filesystem::create_directories(folder.path() / name);
}

bool told(const std::vector<std::string>& lines, const std::string& part) {
  return std::any_of(lines.begin(), lines.end(),
                     [&](const std::string& line) { return line.find(part) != line.npos; });
}

}  // namespace

TEST_CASE("PNG: every kind and depth, interlaced or not, has its pixels on 0 to 255") {
  const test::ScratchFolder folder;
  for (const int type : {PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_RGB, PNG_COLOR_TYPE_PALETTE,
                         PNG_COLOR_TYPE_GRAY_ALPHA, PNG_COLOR_TYPE_RGB_ALPHA}) {
    for (const int bits : {1, 2, 4, 8, 16}) {
      if (bits < 8 && type != PNG_COLOR_TYPE_GRAY && type != PNG_COLOR_TYPE_PALETTE) continue;
      if (bits > 8 && type == PNG_COLOR_TYPE_PALETTE) continue;
      for (const bool interlaced : {false, true}) {
        INFO("type " << type << ", " << bits << " bits, interlaced " << interlaced);
        const Image image{.bits = bits, .type = type, .interlaced = interlaced};
        const auto array = data::read<double>(source_of(folder.write("a.png", png(image))));
        const bool palette = type == PNG_COLOR_TYPE_PALETTE;
        const bool colours = (type & PNG_COLOR_MASK_COLOR) != 0;
        const std::size_t channels = colours ? 3 : 1;
        using Shape = std::vector<std::size_t>;
        REQUIRE(array.shape == (colours ? Shape{1, 3, 3, 5} : Shape{1, 3, 5}));
        double largest = 0;
        for (std::size_t c = 0; c < channels; ++c) {
          for (int y = 0; y < 3; ++y) {
            for (int x = 0; x < 5; ++x) {
              const png_color entry = colour(image.sample(y, x, 0));
              const double of_palette[] = {1. * entry.red, 1. * entry.green, 1. * entry.blue};
              const double wanted =
                  palette ? of_palette[c] : level(image, image.sample(y, x, static_cast<int>(c)));
              const std::size_t at = (c * 3 + static_cast<std::size_t>(y)) * 5;
              const double found = array.values[at + static_cast<std::size_t>(x)];
              // 8-bit samples are exact; 16-bit ones are fractions of 1/257.
              largest = std::max(largest, std::abs(found - wanted));
            }
          }
        }
        CHECK(largest <= (bits == 16 ? 1e-12 : 0.0));
      }
    }
  }
}

TEST_CASE("PNG: what happens to transparency is said, never guessed") {
  const test::ScratchFolder folder;
  const Image half{.type = PNG_COLOR_TYPE_RGB_ALPHA, .opacity = 13107};  // 51/255 = 1/5
  const std::string file = folder.write("half.png", png(half));
  CHECK_THAT(fault_of(source_of(file)),
             Catch::EndsWith("the pixel in row 0, column 0 is not opaque; set target.alpha = white "
                             "or black (blended onto it), drop, or keep (a channel)"));
  const auto values = [&](const std::string& alpha) {
    return data::read<double>(source_of(file, alpha)).values;
  };
  const double first = half.sample(0, 1, 0);  // red of the second pixel
  CHECK(values("drop")[1] == first);
  CHECK(values("black")[1] == Approx(first / 5).epsilon(1e-14));
  CHECK(values("white")[1] == Approx(first / 5 + 255 * 0.8).epsilon(1e-14));
  const auto kept = data::read<double>(source_of(file, "keep"));
  CHECK(kept.shape == std::vector<std::size_t>{1, 4, 3, 5});
  CHECK(kept.values[1] == first);
  CHECK(kept.values[3 * 15] == 51);
  // An invisible colour of grey images, and of a palette.
  const Image grey{.transparent = true};
  CHECK_THAT(fault_of(source_of(folder.write("t.png", png(grey)))),
             Catch::Contains("row 0, column 0 is not opaque"));
  const Image palette{.bits = 4, .type = PNG_COLOR_TYPE_PALETTE, .transparent = true};
  const auto seen = data::read<double>(source_of(folder.write("p.png", png(palette)), "keep"));
  CHECK(seen.shape == std::vector<std::size_t>{1, 4, 3, 5});
  CHECK(seen.values[3 * 15] == 51);  // the first pixel has colour 0
  CHECK(seen.values[3 * 15 + 1] == 255);
  // Opaque images among others count as opaque.
  make_folder(folder, "mixed");
  folder.write("mixed/a.png", png({.type = PNG_COLOR_TYPE_RGB}));
  folder.write("mixed/b.png", png(half));
  const auto both = data::read<double>(source_of(folder.file("mixed"), "keep"));
  CHECK(both.shape == std::vector<std::size_t>{2, 4, 3, 5});
  CHECK(both.values[3 * 15] == 255);
  CHECK(both.values[4 * 15 + 3 * 15] == 51);
}

TEST_CASE("PNG: colour to grey as ITU-R BT.601 says, grey to colour") {
  const test::ScratchFolder folder;
  const Image image{.type = PNG_COLOR_TYPE_RGB};
  const std::string file = folder.write("c.png", png(image));
  const auto grey = data::read<double>(source_of(file, "", "grey"));
  CHECK(grey.shape == std::vector<std::size_t>{1, 3, 5});
  CHECK(grey.values[7] == Approx(.299 * image.sample(1, 2, 0) + .587 * image.sample(1, 2, 1) +
                                 .114 * image.sample(1, 2, 2)));
  make_folder(folder, "f");
  folder.write("f/1.png", png({}));
  folder.write("f/2.png", png(image));
  CHECK_THAT(fault_of(source_of(folder.file("f"))),
             Catch::EndsWith("2.png has 3 x 5 pixels in colour, 1.png has 3 x 5 pixels in grey; "
                             "expected all alike: set target.colours = grey or rgb"));
  const auto rgb = data::read<double>(source_of(folder.file("f"), "", "rgb"));
  CHECK(rgb.shape == std::vector<std::size_t>{2, 3, 3, 5});
  CHECK(rgb.values[7] == rgb.values[15 + 7]);
  CHECK(rgb.values[45 + 15 + 7] == image.sample(1, 2, 1));
}

TEST_CASE("A folder of PNG: order of names, equal sizes, what is not read") {
  const test::ScratchFolder folder;
  make_folder(folder, "f");
  for (const int k : {10, 2, 1}) {
    folder.write("f/img" + std::to_string(k) + ".PNG", png({.shift = k}));
  }
  folder.write("f/.hidden.png", "no image");
  const auto array = data::read<float>(source_of(folder.file("f")));
  CHECK(array.shape == std::vector<std::size_t>{3, 3, 5});
  // img1, img10, img2: as sorted() of Python orders them.
  CHECK(array.values[0] == 1);
  CHECK(array.values[15] == 10);
  CHECK(array.values[30] == 2);
  CHECK(told(data::understood(),
             "3 PNG images in the order of their names, img1.PNG, img10.PNG .. "
             "img2.PNG"));
  folder.write("f/notes.txt", "x");
  data::read<float>(source_of(folder.file("f")));
  CHECK(told(data::warnings(), "1 file is no .png: notes.txt"));
  folder.write("f/img3.PNG", png({.width = 6}));
  CHECK_THAT(fault_of(source_of(folder.file("f"))),
             Catch::EndsWith("img3.PNG has 3 x 6 pixels in grey, img1.PNG has 3 x 5 pixels in "
                             "grey; expected images of one size"));
  make_folder(folder, "empty");
  CHECK_THAT(fault_of(source_of(folder.file("empty"))),
             Catch::EndsWith("is a folder without a PNG image"));
  folder.write("empty/a.jpg", "x");
  folder.write("empty/b.jpg", "x");
  CHECK_THAT(fault_of(source_of(folder.file("empty"))),
             Catch::EndsWith("without a PNG image, but 2 .jpg files; only PNG is read"));
  data::Source csv = source_of(folder.file("f"));
  csv.format = "csv";
  CHECK_THAT(fault_of(csv), Catch::EndsWith("is a directory; expected a data file"));
}

TEST_CASE("A folder of PNG: one folder a class") {
  const test::ScratchFolder folder;
  const auto labels_of = [&](const std::vector<std::string>& classes) {
    std::filesystem::remove_all(folder.path() / "f");
    int shift = 0;
    for (const std::string& name : classes) {
      make_folder(folder, "f/" + name);
      folder.write("f/" + name + "/a.png", png({.shift = ++shift}));
      folder.write("f/" + name + "/b.png", png({.shift = ++shift}));
    }
    return data::select(test::target_parameters("dataset", {{"file", folder.file("f")}}), 4);
  };
  const auto words = labels_of({"shoe", "bag"});
  CHECK(words.classes == 2);
  CHECK(words.labels == std::vector<data::Index>{0, 1, 0, 1});
  CHECK(data::read<double>(source_of(folder.file("f"))).values[0] == 3);  // bag/a.png
  CHECK(told(data::understood(), "labels by folder: 0 = bag, 1 = shoe"));
  // Numbers are labels, and classes can be chosen by them.
  labels_of({"7", "3"});
  const auto chosen = data::select(
      test::target_parameters("dataset", {{"file", folder.file("f")}, {"select", "7"}}), 4);
  CHECK(chosen.points == std::vector<data::Index>{1, 3});
  folder.write("f/top.png", png({}));
  CHECK_THAT(fault_of(source_of(folder.file("f"))),
             Catch::Contains("has images (top.png) beside a folder of images (3)"));
  std::filesystem::remove(folder.path() / "f" / "top.png");
  make_folder(folder, "f/3/deep");
  folder.write("f/3/deep/c.png", png({}));
  CHECK_THAT(fault_of(source_of(folder.file("f"))), Catch::Contains("has images in 3/deep"));
}

TEST_CASE("PNG: damaged files and bombs end in a message") {
  const test::ScratchFolder folder;
  const std::string good = png({.width = 40, .height = 30, .type = PNG_COLOR_TYPE_RGB});
  const std::string file = folder.file("x.png");
  // Cut anywhere but behind the last pixel's chunk: what is missing is noticed.
  for (std::size_t size = 1; size < good.size(); size += size < 60 ? 1 : 13) {
    INFO("cut to " << size << " of " << good.size() << " bytes");
    CHECK_THAT(fault_of(source_of(folder.write("x.png", good.substr(0, size)))),
               Catch::Contains("PNG image"));
  }
  // Any byte changed: read as something, or refused, never more.
  for (std::size_t at = 0; at < good.size(); at += 3) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x55);
    fault_of(source_of(folder.write("x.png", bad)));
  }
  // A head that declares 2^31 - 1 pixels a side, with its checksum.
  std::string bomb = good.substr(0, 33);
  for (const std::size_t at : {16, 20}) bomb.replace(at, 4, "\x7f\xff\xff\xff");
  const std::string checked = bomb.substr(12, 17);
  unsigned long sum = 0xffffffff;
  for (const char c : checked) {
    sum ^= static_cast<unsigned char>(c);
    for (int k = 0; k < 8; ++k) sum = sum & 1 ? sum >> 1 ^ 0xedb88320 : sum >> 1;
  }
  sum ^= 0xffffffff;
  for (int k = 0; k < 4; ++k) {
    bomb[29 + static_cast<std::size_t>(k)] = static_cast<char>(sum >> (24 - 8 * k));
  }
  bomb += good.substr(33);
  CHECK_THAT(fault_of(source_of(folder.write("x.png", bomb))),
             Catch::Contains("declares 2147483647 x 2147483647 pixels, which its") &&
                 Catch::EndsWith("bytes cannot hold"));
  // Not the extension but the first bytes say what it is.
  CHECK_THAT(fault_of(source_of(folder.write("x.png", "GIF89a"))),
             Catch::EndsWith("no PNG image: expected it to begin with \\x89PNG"));
  CHECK(data::read<double>(source_of(folder.write("photo", good))).columns() == 3600);
}

TEST_CASE(
    "Keys of PNG leave no trace in decks that do not set them, so older runs keep their bits") {
  const test::ScratchFolder folder;
  const auto deck = [&](const std::vector<std::string>& more) {
    std::vector<std::string> settings{"target.kind=dataset",
                                      "target.file=" + folder.write("a.csv", "1,2\n3,4\n"),
                                      "experiment.t=1"};
    settings.insert(settings.end(), more.begin(), more.end());
    return test::deck("condensation", settings);
  };
  const auto has_setting = [](const deck::Deck& of) {
    return std::any_of(of.settings.begin(), of.settings.end(),
                       [](const deck::Setting& each) { return each.path == "target.colours"; });
  };
  const deck::Deck plain = deck({}), grey = deck({"target.colours=grey"});
  CHECK_FALSE(plain.first().has("target.colours"));
  CHECK(deck({"target.file=" + folder.path().string() + "/"}).first().word("target.file") ==
        folder.path().string());  // a folder, with or without the stroke
  CHECK_FALSE(has_setting(plain));
  CHECK(grey.first().word("target.colours") == "grey");
  CHECK(has_setting(grey));
  CHECK(plain.first().identity() != grey.first().identity());
}

TEST_CASE("Contents of PNG: pixels, labels and order, not names or how they are packed") {
  const test::ScratchFolder folder;
  const auto hash = [&](const std::vector<std::pair<std::string, Image>>& images) {
    std::filesystem::remove_all(folder.path() / "f");
    for (const auto& [name, image] : images) {
      std::filesystem::create_directories((folder.path() / "f" / name).parent_path());
      folder.write("f/" + name, png(image));
    }
    return data::content_hash(folder.file("f"));
  };
  const Image a, b{.shift = 1};
  const std::string first = hash({{"1.png", a}, {"2.png", b}});
  CHECK(hash({{"x.png", a}, {"y.PNG", b}}) == first);
  CHECK(hash({{"1.png", {.interlaced = true}}, {"2.png", b}}) == first);
  CHECK(hash({{"1.png", b}, {"2.png", a}}) != first);
  CHECK(hash({{"1.png", a}, {"2.png", a}}) != first);
  CHECK(hash({{"1.png", {.width = 3, .height = 5}}, {"2.png", {.width = 3, .height = 5}}}) !=
        first);
  const std::string classes = hash({{"p/1.png", a}, {"q/2.png", b}});
  CHECK(classes != first);
  CHECK(hash({{"r/1.png", a}, {"s/2.png", b}}) == classes);
  CHECK(hash({{"0/1.png", a}, {"1/2.png", b}}) == classes);
  CHECK(hash({{"0/1.png", a}, {"5/2.png", b}}) != classes);
  // 16-bit copies of 8-bit pixels hold the same.
  folder.write("one.png", png(a));
  CHECK(data::content_hash(folder.file("one.png")) == hash({{"1.png", a}}));
}
