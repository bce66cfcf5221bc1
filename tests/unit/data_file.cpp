// Data files: what can be read, and that whatever is wrong ends in one message that says what.
#include <hdf5.h>
#include <zlib.h>
#include <catch2/catch.hpp>

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "sim/data/array.hpp"
#include "sim/deck/parameters.hpp"
#include "tests/scratch.hpp"

using namespace symbreak;
using data::read;

namespace {

class Folder : public test::ScratchFolder {
 public:
  std::string write_gzip(const std::string& name, const std::string& bytes) const {
    gzFile out = gzopen(file(name).c_str(), "wb");
    gzwrite(out, bytes.data(), static_cast<unsigned>(bytes.size()));
    gzclose(out);
    return file(name);
  }
};

std::string fault(const data::Source& source) {
  try {
    read<float>(source);
  } catch (const deck::KeyError& error) {
    CHECK(error.key == "target.file");
    const std::string message = error.what();
    CHECK(message.starts_with(source.file + ": "));
    return message.substr(source.file.size() + 2);
  }
  return "no error";
}
std::string fault(const std::string& file) { return fault({file, "target.file"}); }

std::string idx(char type, const std::vector<std::uint32_t>& shape, const std::string& data) {
  std::string bytes{0, 0, type, static_cast<char>(shape.size())};
  for (const std::uint32_t extent : shape) {
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(extent >> shift & 255);
  }
  return bytes + data;
}

std::string npy(const std::string& type, const std::string& order, const std::string& shape,
                const std::string& data) {
  std::string header =
      "{'descr': '" + type + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }";
  header.resize(117, ' ');
  header += '\n';
  return std::string("\x93NUMPY\x01\x00", 8) + static_cast<char>(header.size()) + '\0' + header +
         data;
}

template <class T>
std::string raw(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

}  // namespace

TEST_CASE("IDX files, plain and compressed, all number types") {
  const Folder folder;
  const std::string bytes = idx(8, {2, 1, 3}, std::string("\x00\x01\x02\xff\x80\x10", 6));
  for (const std::string& file :
       {folder.write("a-idx3-ubyte", bytes), folder.write_gzip("b-idx3-ubyte.gz", bytes)}) {
    const auto array = read<float>({file, "target.file"});
    CHECK(array.shape == std::vector<std::size_t>{2, 1, 3});
    CHECK(array.values == std::vector<float>{0, 1, 2, 255, 128, 16});
    CHECK(array.columns() == 3);
  }
  const auto value = [&](char type, const std::string& data) {
    return read<double>({folder.write("t.idx", idx(type, {1}, data)), "target.file"}).values[0];
  };
  CHECK(value(9, "\xfe") == -2);
  CHECK(value(11, "\xff\xfd") == -3);
  CHECK(value(12, "\xff\xff\xff\xf0") == -16);
  CHECK(value(13, std::string("\x3f\xc0\x00\x00", 4)) == 1.5);
  CHECK(value(14, std::string("\xbf\xf8\x00\x00\x00\x00\x00\x00", 8)) == -1.5);
}

TEST_CASE("Broken IDX files") {
  const Folder folder;
  const auto says = [&](const std::string& bytes) { return fault(folder.write("x.idx", bytes)); };
  CHECK_THAT(says("PNG!"), Catch::StartsWith("no IDX file: begins with bytes 50 4e 47 21"));
  CHECK_THAT(says(std::string("\0\0", 2)), Catch::StartsWith("no IDX file"));
  CHECK(says(std::string("\0\0\x08\x02\0\0\0\x05", 8)) ==
        "truncated in the header, at extent 2 of 2");
  CHECK(says(idx(8, {30, 2}, "abcde")) ==
        "declares 30 x 2 numbers, but the file has room for 17 at most");
  CHECK(says(idx(8, {3, 2}, "abcde")) == "truncated: 5 of 6 data bytes (shape 3 x 2)");
  CHECK(says(idx(8, {2, 2}, "abcde")) ==
        "has bytes beyond the 4 numbers of shape 2 x 2 that it declares");
  CHECK(says(idx(8, {0, 2}, "")) == "empty array of shape 0 x 2");
  // 2^96 numbers declared in 20 bytes: refused before anything is allocated.
  CHECK_THAT(says(idx(8, {0xffffffff, 0xffffffff, 0xffffffff}, "")), Catch::Contains("room for"));
  std::string packed;
  {
    const std::string file =
        folder.write_gzip("y-ubyte.gz", idx(8, {4000}, std::string(4000, 'q')));
    std::ifstream in(file, std::ios::binary);
    packed.assign(std::istreambuf_iterator<char>(in), {});
  }
  CHECK_THAT(fault(folder.write("z-ubyte.gz", packed.substr(0, packed.size() - 12))),
             Catch::StartsWith("truncated"));
}

TEST_CASE("NumPy files") {
  const Folder folder;
  const auto load = [&](const std::string& bytes) {
    return read<double>({folder.write("a.npy", bytes), "target.file"});
  };
  const auto array = load(npy("<f8", "False", "(2, 3)", raw<double>({1, 2, 3, 4, 5, 0.1})));
  CHECK(array.shape == std::vector<std::size_t>{2, 3});
  CHECK(array.values.back() == 0.1);
  CHECK(load(npy("<f4", "False", "(2,)", raw<float>({1, -2}))).values ==
        std::vector<double>{1, -2});
  CHECK(load(npy("<i8", "False", "(1, 2)", raw<std::int64_t>({-5, 7}))).values ==
        std::vector<double>{-5, 7});
  CHECK(load(npy("|u1", "False", "(2,)", "\xff\x01")).values == std::vector<double>{255, 1});

  const auto says = [&](const std::string& bytes) { return fault(folder.write("b.npy", bytes)); };
  CHECK_THAT(says("hello world"), Catch::StartsWith("no .npy file"));
  CHECK_THAT(says(npy(">f8", "False", "(1,)", raw<double>({1}))),
             Catch::StartsWith("numbers of NumPy type >f8 are not supported"));
  CHECK_THAT(says(npy("<c16", "False", "(1,)", raw<double>({1, 2}))),
             Catch::StartsWith("numbers of NumPy type <c16"));
  CHECK(says(npy("<f8", "True", "(1, 2)", raw<double>({1, 2}))) ==
        "is in Fortran order; save numpy.ascontiguousarray(array)");
  CHECK(says(npy("<f8", "False", "(2, 2)", raw<double>({1, 2, 3}))) ==
        "declares 2 x 2 numbers, but the file has room for 3 at most");
  CHECK(says(npy("<f8", "False", "(2,)", raw<double>({1, 2, 3}))) ==
        "has 24 data bytes, but its shape 2 of <f8 needs 16");
  CHECK_THAT(says(npy("<f8", "False", "(99999999999999999999,)", "")),
             Catch::StartsWith("the .npy header declares the shape"));
  CHECK_THAT(says(npy("<f8", "False", "(9999999999, 9999999999, 9999999999)", "12345678")),
             Catch::Contains("room for 1 at most"));
  CHECK_THAT(says(npy("<f8", "False", "(0, 3)", "")), Catch::StartsWith("empty array"));
  CHECK(says(npy("<f4", "False", "(2, 2)", raw<float>({1, 2, NAN, 4}))) ==
        "NaN at data point 1, coordinate 0; expected finite numbers");
  CHECK(says(std::string("\x93NUMPY\x01\x00\xff\xff", 10)) == "truncated in the .npy header");
}

TEST_CASE("Text tables") {
  const Folder folder;
  const auto array =
      read<double>({folder.write("a.csv", "# x, y\n1, 2\n\n -3.5 ,+4e-1\r\n"), "target.file"});
  CHECK(array.shape == std::vector<std::size_t>{2, 2});
  CHECK(array.values == std::vector<double>{1, 2, -3.5, 0.4});
  CHECK(read<double>({folder.write("b.txt", "1 \t 2\n3   4"), "target.file"}).values ==
        std::vector<double>{1, 2, 3, 4});

  const auto says = [&](const std::string& text) { return fault(folder.write("c.csv", text)); };
  CHECK(says("1,2\n3,apple\n") == "line 2, column 3: 'apple'; expected a number");
  CHECK(says("1,,2\n") == "line 1, column 3: nothing; expected a number");
  CHECK(says("1,2,\n") == "line 1, column 5: nothing; expected a number");
  CHECK(says("1,2\n\n3\n") == "line 3 has 1 numbers; expected 2 as in line 1");
  CHECK(says("# nothing\n") == "holds no numbers");
  CHECK(says("1,nan\n") == "NaN at data point 0, coordinate 1; expected finite numbers");
  CHECK_THAT(says("1e39\n"), Catch::StartsWith("infinity (or a number too large"));
  CHECK_THAT(says("1e999\n"), Catch::StartsWith("line 1, column 1: '1e999'"));
}

TEST_CASE("HDF5 files") {
  const Folder folder;
  const std::string name = folder.file("a.h5");
  const hid_t file = H5Fcreate(name.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  const hsize_t shape[2] = {2, 3}, huge[2] = {1u << 30, 1u << 30};
  const std::int32_t values[6] = {1, 2, 3, 4, 5, -6};
  const auto add = [&](const char* path, const hsize_t* extents, hid_t type, bool fill) {
    const hid_t space = H5Screate_simple(2, extents, nullptr);
    const hid_t data = H5Dcreate2(file, path, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    if (fill) H5Dwrite(data, H5T_NATIVE_INT32, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
    H5Dclose(data);
    H5Sclose(space);
  };
  add("images", shape, H5T_STD_I16BE, true);
  add("huge", huge, H5T_NATIVE_DOUBLE, false);
  H5Fclose(file);

  const auto array = read<float>({name, "target.file", "auto", "/images"});
  CHECK(array.shape == std::vector<std::size_t>{2, 3});
  CHECK(array.values == std::vector<float>{1, 2, 3, 4, 5, -6});
  CHECK(fault({name, "target.file", "auto", "/pictures"}) ==
        "no data set '/pictures'; data sets at the root: /huge, /images");
  CHECK_THAT(fault(name), Catch::StartsWith("set target.dataset_path"));
  CHECK_THAT(fault({name, "target.file", "auto", "/huge"}), Catch::Contains("has 0 bytes of data"));
  CHECK(fault(folder.write("b.h5", "not an HDF5 file")) == "no HDF5 file, or a damaged one");
}

TEST_CASE("Files that are none") {
  const Folder folder;
  CHECK(fault(folder.write("empty.csv", "")) == "is empty");
  CHECK(fault(folder.file("missing.csv")) == "no such file");
  CHECK(fault(std::filesystem::temp_directory_path().string()) ==
        "is a directory; expected a data file");
  CHECK_THAT(fault(folder.write("photo.jpeg", "x")), Catch::StartsWith("format not known"));
}
