// The hash of a data file's contents. May depend on: sim/data.
#include "sim/data/contents.hpp"

#include <zlib.h>

#include <catch2/catch.hpp>

#include "tests/scratch.hpp"

using namespace symbreak;

namespace {

void compress(const std::string& path, const std::string& text, const char* mode) {
  gzFile file = gzopen(path.c_str(), mode);
  gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
  gzclose(file);
}

}  // namespace

TEST_CASE("Contents: a copy is the same, another number is not", "[unit][data]") {
  const test::ScratchFolder folder;
  const std::string text(3'000'001, '7');
  std::string other = text;
  other[2'999'999] = '8';
  folder.write("a", text);
  folder.write("moved", text);
  folder.write("other", other);
  compress(folder.file("a.gz"), text, "wb1");
  compress(folder.file("b.gz"), text, "wb9");
  const auto hash = [&](const char* name) { return data::content_hash(folder.file(name)); };
  CHECK(hash("a").size() == 16);
  for (const char* same : {"moved", "a.gz", "b.gz"}) CHECK(hash(same) == hash("a"));
  CHECK(hash("other") != hash("a"));
  // Zeros at the end, and single bytes, count.
  folder.write("short", "12345678");
  folder.write("longer", std::string("12345678\0", 9));
  CHECK(hash("short") != hash("longer"));
  CHECK_THROWS(hash("nowhere"));
}
