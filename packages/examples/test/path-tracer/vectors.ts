/** SHA-256 of the pixels of the committed scenes; changes only when a scene or the module does. */
export const PICTURE_DIGESTS = {
  cornell: "3a7b4420e1af9edd6cbd9cfd62168dbaf828d8f274b87086a8506d51c23a130d",
  threeSpheres: "b0dfbbfba83620334fa3031a890342e6d33c6e93b44d459f15a1a38288e6f188",
} as const;
