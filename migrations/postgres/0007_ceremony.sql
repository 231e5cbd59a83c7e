-- The messages of the trustees' key ceremony, byte for byte. Shares in a contribution are sealed to their recipients.
ALTER TABLE trustee_keys ADD COLUMN certificate TEXT;
ALTER TABLE trustee_keys ADD COLUMN contribution TEXT;
