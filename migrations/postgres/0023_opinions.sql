-- What the public said of an office, summed up by the commission: representatives are guided by it (notice 四（六）).
ALTER TABLE offices ADD COLUMN opinions TEXT;
