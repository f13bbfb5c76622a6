import { twice } from "./twice";

console.log(twice(21));
