import { groupBy } from '../shared/core/group-by.ts';

// The reporter asks for Map.groupBy when it prints a failure; Node 20 doesn't have it.
const map = Map as unknown as { groupBy?: typeof groupBy };
map.groupBy ??= groupBy;
