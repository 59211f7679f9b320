return await Reconciler.LiveTests.Grid.GridCommand.RunAsync(args);
