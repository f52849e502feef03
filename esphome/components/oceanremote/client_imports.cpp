// What of Home Assistant's states the device shows.

#include "client.h"

#ifdef USE_OCEANREMOTE_IMPORTS

#include "esphome/core/log.h"

namespace esphome::oceanremote {

static const char *const TAG = "oceanremote";

void Client::add_import(Import *import) {
  Import **end = &this->imports_;
  while (*end != nullptr)
    end = &(*end)->next;
  *end = import;
}

size_t Client::write_import_(uint8_t *payload, size_t capacity) {
  const Import *import = this->untold_import_;
  if (import == nullptr)
    return 0;
  CborWriter writer(payload, capacity);
  write_import(writer, this->import_slot_++, import->entity_id(), import->attribute());
  this->untold_import_ = import->next;
  return writer.ok() ? writer.size() : 0;
}

void Client::handle_imported_(const Imported &imported) {
  Import *import = this->imports_;
  for (uint8_t slot = 0; import != nullptr && slot < imported.slot; slot++)
    import = import->next;
  if (import == nullptr)
    return;
  if (imported.status == ImportedStatus::VALUE)
    return import->take(imported.value);
  if (imported.status == ImportedStatus::NOT_ALLOWED) {
    ESP_LOGW(TAG, "Home Assistant does not let this device read %s: allow it in the device's permissions",
             import->entity_id());
  }
  import->take_absence();
}

}  // namespace esphome::oceanremote

#endif  // USE_OCEANREMOTE_IMPORTS
