// The hash of a data file's contents. May depend on: sim/data.
#include "sim/data/contents.hpp"

#include <hdf5.h>
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

/// One data set of 2 x 3 or 3 x 2 numbers, in one piece or in chunks.
void write_hdf5(const std::string& path, const std::vector<double>& values, hsize_t rows,
                bool chunked) {
  const hsize_t extents[2] = {rows, values.size() / rows}, chunk[2] = {1, 1};
  const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT),
              space = H5Screate_simple(2, extents, nullptr), how = H5Pcreate(H5P_DATASET_CREATE);
  if (chunked) H5Pset_chunk(how, 2, chunk);
  const hid_t dataset =
      H5Dcreate2(file, "points", H5T_NATIVE_DOUBLE, space, H5P_DEFAULT, how, H5P_DEFAULT);
  H5Dwrite(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
  H5Dclose(dataset);
  H5Pclose(how);
  H5Sclose(space);
  H5Fclose(file);
}

}  // namespace

TEST_CASE("Contents of HDF5: numbers and shapes, not how they are stored", "[unit][data]") {
  const test::ScratchFolder folder;
  const auto hash = [&](const std::vector<double>& values, hsize_t rows, bool chunked) {
    write_hdf5(folder.file("data.h5"), values, rows, chunked);
    return data::content_hash(folder.file("data.h5"));
  };
  const std::string first = hash({1, 2, 3, 4, 5, 6}, 2, false);
  CHECK(hash({1, 2, 3, 4, 5, 6}, 2, true) == first);
  CHECK(hash({1, 2, 3, 4, 5, 7}, 2, false) != first);
  CHECK(hash({1, 2, 3, 4, 5, 6}, 3, false) != first);
}

TEST_CASE("Contents of HDF5: flags as h5py writes them are numbers too", "[unit][data]") {
  const test::ScratchFolder folder;
  const auto hash = [&](const std::vector<signed char>& flags) {
    const hsize_t extent = flags.size();
    const hid_t file = H5Fcreate(folder.file("flags.h5").c_str(), H5F_ACC_TRUNC, H5P_DEFAULT,
                                 H5P_DEFAULT),
                space = H5Screate_simple(1, &extent, nullptr),
                type = H5Tenum_create(H5T_NATIVE_INT8);
    for (const signed char flag : {0, 1}) H5Tenum_insert(type, flag ? "TRUE" : "FALSE", &flag);
    const hid_t dataset =
        H5Dcreate2(file, "flags", type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, flags.data());
    H5Dclose(dataset);
    H5Tclose(type);
    H5Sclose(space);
    H5Fclose(file);
    return data::content_hash(folder.file("flags.h5"));
  };
  CHECK(hash({1, 0, 1}) == hash({1, 0, 1}));
  CHECK(hash({1, 0, 1}) != hash({1, 1, 1}));
}

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
