type Handler<Event, Context, Result> = (event: Event, context: Context) => Promise<Result>;

/**
 * The AWS entry of a function: `build` makes its world at the first call, and it stays while the instance
 * is warm. A world that could not be built (a missing variable) fails that call and is tried again at the
 * next, so that nothing is thrown while the module loads, where AWS hides the reason.
 */
export function onFirstCall<Event, Context, Result>(
  build: () => Handler<Event, Context, Result>,
): Handler<Event, Context, Result> {
  let handler: Handler<Event, Context, Result> | undefined;
  return async (event, context) => {
    handler ??= build();
    return handler(event, context);
  };
}
