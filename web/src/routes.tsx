import { Route, Router } from "@solidjs/router";
import { lazy, Suspense, type ParentProps } from "solid-js";
import { Shell } from "./shell/Shell.tsx";
import { BlockSkeleton } from "./ui/Skeleton.tsx";
import { Toasts } from "./ui/Toasts.tsx";

const Login = lazy(() => import("./pages/account/Login.tsx"));
const Register = lazy(() => import("./pages/account/Register.tsx"));
const CheckEmail = lazy(() => import("./pages/account/CheckEmail.tsx"));
const VerifyEmail = lazy(() => import("./pages/account/VerifyEmail.tsx"));
const ForgotPassword = lazy(() => import("./pages/account/ForgotPassword.tsx"));
const ResetPassword = lazy(() => import("./pages/account/ResetPassword.tsx"));
const Profile = lazy(() => import("./pages/account/Profile.tsx"));
const Home = lazy(() => import("./pages/Home.tsx"));
const NotFound = lazy(() => import("./pages/NotFound.tsx"));
const ApiReference = lazy(() => import("./pages/ApiReference.tsx"));
const Welcome = lazy(() => import("./pages/welcome/Welcome.tsx"));
const OrganizationOverview = lazy(() => import("./pages/organization/OrganizationOverview.tsx"));
const Members = lazy(() => import("./pages/organization/Members.tsx"));
const Tokens = lazy(() => import("./pages/organization/Tokens.tsx"));
const TokenDetail = lazy(() => import("./pages/organization/TokenDetail.tsx"));
const AuditLog = lazy(() => import("./pages/organization/AuditLog.tsx"));
const OrganizationSettings = lazy(() => import("./pages/organization/OrganizationSettings.tsx"));
const ApplicationOverview = lazy(() => import("./pages/application/ApplicationOverview.tsx"));
const EventTypes = lazy(() => import("./pages/application/EventTypes.tsx"));
const EventTypeDetail = lazy(() => import("./pages/event-types/EventTypeDetail.tsx"));
const Secrets = lazy(() => import("./pages/application/Secrets.tsx"));
const ApplicationSettings = lazy(() => import("./pages/application/ApplicationSettings.tsx"));
const EventList = lazy(() => import("./pages/events/EventList.tsx"));
const EventDetail = lazy(() => import("./pages/events/EventDetail.tsx"));
const SendEvent = lazy(() => import("./pages/events/SendEvent.tsx"));
const AttemptList = lazy(() => import("./pages/attempts/AttemptList.tsx"));
const AttemptDetail = lazy(() => import("./pages/attempts/AttemptDetail.tsx"));
const DeadLetterList = lazy(() => import("./pages/attempts/DeadLetterList.tsx"));
const ReplayList = lazy(() => import("./pages/replays/ReplayList.tsx"));
const NewReplay = lazy(() => import("./pages/replays/NewReplay.tsx"));
const ErasureList = lazy(() => import("./pages/erasures/ErasureList.tsx"));
const SubscriptionList = lazy(() => import("./pages/subscriptions/SubscriptionList.tsx"));
const NewSubscription = lazy(() => import("./pages/subscriptions/NewSubscription.tsx"));
const SubscriptionDetail = lazy(() => import("./pages/subscriptions/SubscriptionDetail.tsx"));
const Inspector = lazy(() => import("./pages/local/Inspector.tsx"));
const Mail = lazy(() => import("./pages/local/Mail.tsx"));

const Root = (props: ParentProps) => (
  <>
    <Suspense fallback={<BlockSkeleton class="m-8 h-64" />}>{props.children}</Suspense>
    <Toasts />
  </>
);

export const Routes = () => (
  <Router root={Root}>
    <Route path="/login" component={Login} />
    <Route path="/register" component={Register} />
    <Route path="/check-email" component={CheckEmail} />
    <Route path="/verify-email" component={VerifyEmail} />
    <Route path="/forgot-password" component={ForgotPassword} />
    <Route path="/reset-password" component={ResetPassword} />
    <Route path="/mail" component={Mail} />
    <Route path="/" component={Shell}>
      <Route path="/" component={Home} />
      <Route path="/welcome/:step?" component={Welcome} />
      <Route path="/settings" component={Profile} />
      <Route path="/api" component={ApiReference} />
      <Route path="/inspector" component={Inspector} />
      <Route path="/o/:org" component={OrganizationOverview} />
      <Route path="/o/:org/members" component={Members} />
      <Route path="/o/:org/tokens" component={Tokens} />
      <Route path="/o/:org/tokens/:token" component={TokenDetail} />
      <Route path="/o/:org/audit" component={AuditLog} />
      <Route path="/o/:org/settings" component={OrganizationSettings} />
      <Route path="/o/:org/a/:app" component={ApplicationOverview} />
      <Route path="/o/:org/a/:app/events" component={EventList} />
      <Route path="/o/:org/a/:app/events/new" component={SendEvent} />
      <Route path="/o/:org/a/:app/events/:id" component={EventDetail} />
      <Route path="/o/:org/a/:app/attempts" component={AttemptList} />
      <Route path="/o/:org/a/:app/attempts/:id" component={AttemptDetail} />
      <Route path="/o/:org/a/:app/dead-letters" component={DeadLetterList} />
      <Route path="/o/:org/a/:app/replays" component={ReplayList} />
      <Route path="/o/:org/a/:app/replays/new" component={NewReplay} />
      <Route path="/o/:org/a/:app/erasures" component={ErasureList} />
      <Route path="/o/:org/a/:app/subscriptions" component={SubscriptionList} />
      <Route path="/o/:org/a/:app/subscriptions/new" component={NewSubscription} />
      <Route path="/o/:org/a/:app/subscriptions/:id" component={SubscriptionDetail} />
      <Route path="/o/:org/a/:app/event-types" component={EventTypes} />
      <Route path="/o/:org/a/:app/event-types/:name" component={EventTypeDetail} />
      <Route path="/o/:org/a/:app/secrets" component={Secrets} />
      <Route path="/o/:org/a/:app/settings" component={ApplicationSettings} />
    </Route>
    <Route path="*" component={NotFound} />
  </Router>
);
