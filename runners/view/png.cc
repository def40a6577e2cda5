#include <cairo.h>

#include <cstring>

#include "brasa/core/error.h"
#include "brasa/view.h"
#include "runners/files/atomic_file.h"
#include "runners/view/cairo_image.h"

namespace brasa {
namespace {

cairo_status_t WriteChunk(void* file, const unsigned char* data, unsigned size) {
  return static_cast<AtomicFile*>(file)->Write(data, size) ? CAIRO_STATUS_SUCCESS
                                                           : CAIRO_STATUS_WRITE_ERROR;
}

void CopyPixels(const Image& image, cairo_surface_t* surface) {
  cairo_surface_flush(surface);
  unsigned char* row = cairo_image_surface_get_data(surface);
  const std::uint8_t* from = image.rgb.data();
  for (int y = 0; y < image.height; ++y, row += cairo_image_surface_get_stride(surface)) {
    for (int x = 0; x < image.width; ++x, from += 3) {
      row[4 * x] = from[2];
      row[4 * x + 1] = from[1];
      row[4 * x + 2] = from[0];
    }
  }
  cairo_surface_mark_dirty(surface);
}

}  // namespace

void WritePng(const Image& image, const std::string& path) {
  const auto count = static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.height);
  if (image.width < 1 || image.height < 1 || image.rgb.size() != 3 * count) {
    throw UsageError("cannot write '" + path + "': the picture has " +
                     std::to_string(image.rgb.size()) + " bytes for " +
                     std::to_string(image.width) + " x " + std::to_string(image.height) +
                     " pixels");
  }
  AtomicFile file(path);
  const CairoSurface surface(
      cairo_image_surface_create(CAIRO_FORMAT_RGB24, image.width, image.height));
  cairo_status_t status = cairo_surface_status(surface.get());
  if (status == CAIRO_STATUS_SUCCESS) {
    CopyPixels(image, surface.get());
    status = cairo_surface_write_to_png_stream(surface.get(), WriteChunk, &file);
  }
  file.Check();
  if (status != CAIRO_STATUS_SUCCESS) {
    throw IoError("cannot write '" + path + "': " + cairo_status_to_string(status));
  }
  file.Commit();
}

}  // namespace brasa
